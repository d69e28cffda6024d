"""The same networks in PyTorch, run eagerly, with the images in memory as float tensors."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import nn

CLASSES = 10


def gradio_cnn() -> nn.Module:
    """Build the recipe of the same name."""
    return nn.Sequential(
        nn.Conv2d(1, 28, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(28 * 13 * 13, 128),
        nn.ReLU(),
        nn.Linear(128, CLASSES),
    )


def adadelta_cnn(*, dropout: bool = True) -> nn.Module:
    """Build the recipe of the same name."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25 if dropout else 0.0),
        nn.Flatten(),
        nn.Linear(64 * 12 * 12, 256),
        nn.ReLU(),
        nn.Dropout(0.5 if dropout else 0.0),
        nn.Linear(256, CLASSES),
    )


def flask_mlp() -> nn.Module:
    """Build the recipe of the same name."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 128),
        nn.ReLU(),
        nn.Linear(128, 128),
        nn.ReLU(),
        nn.Dropout(0.25),
        nn.Linear(128, CLASSES),
    )


class ExampleNetwork(nn.Module):
    """The network of PyTorch's MNIST example."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(0.25),
            nn.Flatten(),
            nn.Linear(9216, 128),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(128, CLASSES),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Compute the logits of images of shape (n, 1, 28, 28)."""
        return self.layers(images)


class TorchTraining:
    """Training of a network: its optimizer and its images."""

    def __init__(
        self,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        images: np.ndarray,
        labels: np.ndarray,
        batch_size: int,
        *,
        channels_last: bool = False,
    ) -> None:
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self._network, self._optimizer = network.to(memory_format=layout), optimizer
        inputs = torch.from_numpy(images[:, None].astype(np.float32) / 255)
        self._images = inputs.contiguous(memory_format=layout)
        self._labels = torch.from_numpy(labels.astype(np.int64))
        self._batch_size = batch_size
        self._loss = nn.CrossEntropyLoss()

    def run(self, steps: int | None = None) -> float:
        """Train for an epoch or a number of steps, and return the seconds."""
        self._network.train()
        begin = time.perf_counter()
        order = torch.randperm(len(self._images)).split(self._batch_size)
        for rows in order[:steps]:
            self._optimizer.zero_grad()
            loss = self._loss(self._network(self._images[rows]), self._labels[rows])
            loss.backward()
            self._optimizer.step()
        return time.perf_counter() - begin

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Compute the fraction of images that are classified correctly."""
        return float((predict(self._network, images).argmax(1) == labels).mean())


def predict(network: nn.Module, images: np.ndarray, batch_size: int = 1000) -> np.ndarray:
    """Predict the probabilities of uint8 images of shape (n, 28, 28)."""
    network.eval()
    with torch.inference_mode():
        inputs = torch.from_numpy(images[:, None].astype(np.float32) / 255)
        outputs = [network(batch).softmax(1) for batch in inputs.split(batch_size)]
        return torch.cat(outputs).numpy()
