"""Which inks a figure is drawn with: black on white for print, the site's own on light and dark pages.

Colours carry nothing that a shape, a place or a number does not carry too. Marks are Okabe and Ito's (2008,
Color Universal Design), darker where paper is light. Steps of a scale are from cividis (Nuñez, Anderton and
Renslow, 2018, PLoS ONE 13:7).
"""

from dataclasses import dataclass
from typing import TypeAlias

from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb

Colour: TypeAlias = str


@dataclass(frozen=True)
class Look:
    """Colours of one variant. paper is None where the page shines through.

    marks: one for each kind of point, told apart by shape as well. below, level and above: the ends and the
    middle of the scale around a mean. scale_starts, scale_ends: where in cividis, 0 to 1, the lowest and the
    highest point of a scale lie.
    """

    name: str
    paper: Colour | None
    ink: Colour
    ink_soft: Colour
    grid: Colour
    shade: Colour
    hatch: Colour
    marks: tuple[Colour, Colour, Colour, Colour]
    below: Colour
    level: Colour
    above: Colour
    scale_starts: float
    scale_ends: float

    def scale_step(self, step: int, steps: int) -> Colour:
        """Return the colour of one of a scale's points, step 0 to steps - 1."""
        along = step / (steps - 1) if steps > 1 else 1.0
        return to_hex(colormaps["cividis"](self.scale_starts + along * (self.scale_ends - self.scale_starts)))

    def around_mean(self, distance: float) -> Colour:
        """Return the colour for a distance from the mean of -1 (farthest below) to 1 (farthest above)."""
        end = to_rgb(self.above if distance > 0 else self.below)
        share = min(abs(distance), 1.0)
        red, green, blue = (
            near + share * (far - near) for near, far in zip(to_rgb(self.level), end, strict=True)
        )
        return to_hex((red, green, blue))


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21 (W3C, 2018, Web Content Accessibility Guidelines 2.1)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: Colour) -> Colour:
    """Return black or white, whichever is the easier to read on a fill."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, fill))


def _luminance(colour: Colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


PRINT = Look(
    name="print",
    paper="#ffffff",
    ink="#000000",
    ink_soft="#3c3c3c",
    grid="#d4d4d4",
    shade="#f3f3f3",
    hatch="#a0a0a0",
    marks=("#0072b2", "#d55e00", "#00805e", "#000000"),
    below="#e08214",
    level="#f5f5f5",
    above="#2c83bb",
    scale_starts=1.0,
    scale_ends=0.0,
)
LIGHT = Look(
    name="light",
    paper=None,
    ink="#1f1d1a",
    ink_soft="#4a463f",
    grid="#d3cdc2",
    shade="#f1eee8",
    hatch="#a29a8e",
    marks=("#0072b2", "#c65700", "#007a5a", "#1f1d1a"),
    below="#e08214",
    level="#f5f3ee",
    above="#2c83bb",
    scale_starts=1.0,
    scale_ends=0.0,
)
DARK = Look(
    name="dark",
    paper=None,
    ink="#ece8e0",
    ink_soft="#c3bdb1",
    grid="#47423b",
    shade="#2a2723",
    hatch="#6f685f",
    marks=("#56b4e9", "#e69f00", "#2fbf93", "#ece8e0"),
    below="#e69f00",
    level="#34302b",
    above="#56b4e9",
    scale_starts=1.0,
    scale_ends=0.18,
)
