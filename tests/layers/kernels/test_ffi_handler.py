"""The handler of a kernel, called as XLA calls it, and as it never should."""

import ctypes
import subprocess
import sys
import threading

import numpy as np
import pytest
from llvmlite import ir

from mnistedu.layers.kernels import xla_ffi
from mnistedu.layers.kernels.builder import start_kernel
from mnistedu.layers.kernels.ffi_handler import HANDLER, add_handler
from mnistedu.layers.kernels.target import Registers, compile_module, create_module, load

SIZE = 1000  # floats of an image
ERROR = 0xE7707  # the address of an error of XLA's: only XLA knows what is there
FUNCTION = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
PROCEDURE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class FakeXLA:
    """XLA's side of the interface: a pool of threads and a count of errors.

    Parameters
    ----------
    n_threads : int or None
        The size of the pool; None if there is none.
    schedules : iterable of bool
        Whether each call of ``XLA_FFI_ThreadPool_Schedule`` succeeds.
    """

    def __init__(self, n_threads=4, schedules=()):
        self.n_threads, self.schedules = n_threads, iter(schedules)
        self.n_errors, self.destroyed, self.threads = 0, [], []
        self.functions = {
            "XLA_FFI_ThreadPool_NumThreads": FUNCTION(self.count_threads),
            "XLA_FFI_ThreadPool_Schedule": FUNCTION(self.schedule),
            "XLA_FFI_Error_Destroy": PROCEDURE(self.destroy),
        }
        pointers = {
            name: ctypes.cast(function, ctypes.c_void_p)
            for name, function in self.functions.items()
        }
        self.api = xla_ffi.Api(struct_size=ctypes.sizeof(xla_ffi.Api), **pointers)

    def error(self):
        self.n_errors += 1
        return ERROR

    def count_threads(self, arguments):
        arguments = xla_ffi.ThreadPoolNumThreadsArgs.from_address(arguments)
        assert arguments.struct_size == ctypes.sizeof(arguments)
        assert arguments.ctx == 99
        if self.n_threads is None:
            return self.error()
        ctypes.c_int64.from_address(arguments.num_threads).value = self.n_threads
        return None

    def schedule(self, arguments):
        arguments = xla_ffi.ThreadPoolScheduleArgs.from_address(arguments)
        assert arguments.struct_size == ctypes.sizeof(arguments)
        assert arguments.ctx == 99
        if not next(self.schedules, True):
            return self.error()
        thread = threading.Thread(target=PROCEDURE(arguments.task), args=[arguments.data])
        self.threads.append(thread)
        thread.start()
        return None

    def destroy(self, arguments):
        arguments = xla_ffi.ErrorDestroyArgs.from_address(arguments)
        assert arguments.struct_size == ctypes.sizeof(arguments)
        self.destroyed.append(arguments.error)

    def call(self, handler, images, outputs, extension=None):
        """Call a handler of one input and one output; return its error, or None."""
        keep = []  # what the frame points to

        def address(thing):
            keep.append(thing)
            return ctypes.addressof(thing)

        def describe(array):
            dims = (ctypes.c_int64 * array.ndim)(*array.shape)
            return xla_ffi.Buffer(
                struct_size=ctypes.sizeof(xla_ffi.Buffer),
                dtype=11,  # float32
                data=array.ctypes.data,
                rank=array.ndim,
                dims=address(dims),
            )

        inputs = (ctypes.c_void_p * 1)(address(describe(images)))
        results = (ctypes.c_void_p * 1)(address(describe(outputs)))
        frame = xla_ffi.CallFrame(
            struct_size=ctypes.sizeof(xla_ffi.CallFrame),
            extension_start=extension and address(extension),
            api=ctypes.addressof(self.api),
            ctx=99,
            stage=3,  # execute
            args=xla_ffi.Args(size=1, args=address(inputs)),
            rets=xla_ffi.Rets(size=1, rets=address(results)),
        )
        error = handler(ctypes.addressof(frame))
        for thread in self.threads:
            thread.join()
        return error


def make_doubling():
    """Make the handler of a kernel that doubles one image."""
    module = create_module()
    builder, (image, _, images, outputs) = start_kernel(
        module, Registers(4, 16), "double", n_buffers=2
    )
    with builder.loop(0, SIZE) as index:
        source, target = (builder.element(p, (image, SIZE), (index, 1)) for p in (images, outputs))
        value = builder.load(source, typ=ir.FloatType())
        builder.store(builder.fadd(value, value), target)
    builder.ret_void()
    add_handler(module, builder.function)
    engine = load(compile_module(module))
    handler = FUNCTION(engine.get_function_address(HANDLER))
    handler.engine = engine  # owns the code
    return handler


@pytest.fixture(scope="module")
def doubling():
    return make_doubling()


def images_and_outputs(count=64):
    images = np.random.default_rng(0).normal(size=(count, SIZE)).astype(np.float32)
    return images, np.full_like(images, np.nan)


@pytest.mark.parametrize("n_threads", [1, 2, 16])
@pytest.mark.parametrize("count", [0, 1, 64])
def test_all_threads_share_the_work(doubling, n_threads, count):
    images, outputs = images_and_outputs(count)
    xla = FakeXLA(n_threads)
    assert xla.call(doubling, images, outputs) is None
    np.testing.assert_array_equal(outputs, 2 * images)
    assert len(xla.threads) == max(0, min(n_threads, count) - 1)


def test_many_calls_at_once(doubling):
    images, expected = images_and_outputs()[0], 2 * images_and_outputs()[0]

    def call_often(wrong):
        for _ in range(50):
            outputs = np.full_like(images, np.nan)
            FakeXLA().call(doubling, images, outputs)
            wrong.append(not np.array_equal(outputs, expected))

    wrong = []
    threads = [threading.Thread(target=call_often, args=[wrong]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wrong) == 200
    assert not any(wrong)


def test_without_a_thread_pool_the_calling_thread_does_the_work(doubling):
    images, outputs = images_and_outputs()
    xla = FakeXLA(n_threads=None)
    assert xla.call(doubling, images, outputs) is None
    np.testing.assert_array_equal(outputs, 2 * images)
    assert not xla.threads
    assert xla.destroyed == [ERROR]


@pytest.mark.parametrize("schedules", [[False] * 3, [True, False, True], [False, True, True]])
def test_threads_that_cannot_be_scheduled_are_not_waited_for(doubling, schedules):
    images, outputs = images_and_outputs()
    xla = FakeXLA(4, schedules)
    assert xla.call(doubling, images, outputs) is None
    np.testing.assert_array_equal(outputs, 2 * images)
    assert len(xla.threads) == sum(schedules)
    assert xla.destroyed == [ERROR] * schedules.count(False)
    assert xla.n_errors == len(xla.destroyed)


def metadata_extension(metadata, next_extension=None):
    base = xla_ffi.ExtensionBase(
        struct_size=ctypes.sizeof(xla_ffi.MetadataExtension),
        type=xla_ffi.EXTENSION_METADATA,
        next=next_extension,
    )
    return xla_ffi.MetadataExtension(base, ctypes.addressof(metadata))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_metadata_query_is_answered_without_computing(doubling, is_first):
    images, outputs = images_and_outputs()
    metadata = xla_ffi.Metadata(struct_size=ctypes.sizeof(xla_ffi.Metadata))
    extension = metadata_extension(metadata)
    if not is_first:
        head = xla_ffi.ExtensionBase(ctypes.sizeof(xla_ffi.ExtensionBase), 7)
        head.next, kept = ctypes.addressof(extension), extension
        assert kept.extension_base.next is None
        extension = head
    assert FakeXLA().call(doubling, images, outputs, extension) is None
    version = metadata.api_version
    assert version.major_version == xla_ffi.API_MAJOR
    assert version.minor_version == xla_ffi.API_MINOR
    assert np.isnan(outputs).all()


def test_an_unknown_extension_is_left_alone(doubling):
    images, outputs = images_and_outputs()
    metadata = xla_ffi.Metadata(struct_size=ctypes.sizeof(xla_ffi.Metadata))
    extension = metadata_extension(metadata)
    extension.extension_base.type = xla_ffi.EXTENSION_METADATA + 1
    before = bytes(extension), bytes(metadata)
    assert FakeXLA().call(doubling, images, outputs, extension) is None
    assert (bytes(extension), bytes(metadata)) == before
    np.testing.assert_array_equal(outputs, 2 * images)


WITHOUT_MEMORY = """
import ctypes, numpy as np
from llvmlite import binding as llvm
from tests.layers.kernels import test_ffi_handler as test

freed = []
malloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t)(lambda size: None)
free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(freed.append)
llvm.add_symbol("malloc", ctypes.cast(malloc, ctypes.c_void_p).value)
llvm.add_symbol("free", ctypes.cast(free, ctypes.c_void_p).value)
xla = test.FakeXLA()
images, outputs = test.images_and_outputs()
assert xla.call(test.make_doubling(), images, outputs) is None
np.testing.assert_array_equal(outputs, 2 * images)
assert not xla.threads
assert freed == [None]
"""


def test_without_memory_the_calling_thread_does_the_work():
    subprocess.run([sys.executable, "-c", WITHOUT_MEMORY], check=True)
