import matplotlib.pyplot as plt

from mnistedu.displays import PlotDisplay


def test_draws_once_for_each_theme_in_its_colours():
    colors = []
    display = PlotDisplay(lambda ax: colors.append(ax.xaxis.label.get_color()), "A plot.")
    display.plot()._repr_mimebundle_()
    light, dark = colors
    assert light == "#1a1a1a"
    assert dark == "#f0f0f0"


def test_draws_on_several_axes_or_on_given_ones():
    drawn_on = []
    display = PlotDisplay(lambda *axes: drawn_on.extend(axes), "A plot.").plot(columns=3)
    assert drawn_on == list(display.axes_)
    assert len(drawn_on) == 3
    figure, ax = plt.subplots()
    assert PlotDisplay(drawn_on.append, "A plot.").plot(ax=ax).figure_ is figure
    assert drawn_on[-1] is ax
