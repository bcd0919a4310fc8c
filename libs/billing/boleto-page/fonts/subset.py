"""Writes src/embedded-fonts.ts: TeX Gyre Heros reduced to the characters of WinAnsiEncoding, as bare CFF programs.

    apt-get install fonts-texgyre python3-fonttools
    /usr/bin/python3 libs/boleto-pdf/fonts/subset.py
    npx prettier --write libs/boleto-pdf/src/embedded-fonts.ts

TeX Gyre Heros has the metrics of Helvetica. Its licence, the GUST Font License, allows to embed and to reduce it:
libs/boleto-pdf/fonts/GUST-FONT-LICENSE.txt.
"""

import base64
import io
import pathlib

from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = pathlib.Path("/usr/share/texmf/fonts/opentype/public/tex-gyre")
METRICS = pathlib.Path("node_modules/pdfkit/js/data")
TARGET = pathlib.Path(__file__).resolve().parent.parent / "src" / "embedded-fonts.ts"
FACES = {"regular": "texgyreheros-regular.otf", "bold": "texgyreheros-bold.otf"}
# By the names that WinAnsiEncoding has for them (PDF 32000-1, annex D); a no-break space is a space there, a soft hyphen a hyphen.
CHARACTERS = [chr(c) for c in (*range(0x20, 0x7F), *range(0xA1, 0x100)) if c != 0xAD]
CHARACTERS += list("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ")
RENAMED = {
    "uni00B5": "mu",
    "one.superior": "onesuperior",
    "two.superior": "twosuperior",
    "three.superior": "threesuperior",
}
# Narrower here by 55 thousandths. A reader advances by the widths of the file, which are those of Helvetica.
NARROWER = {"exclamdown", "questiondown", "oslash"}


def check_metrics(font, metrics):
    """The page is set by the widths that pdfkit has for Helvetica."""
    lines = (METRICS / metrics).read_text().splitlines()
    parts = [line.split(";") for line in lines if line.startswith("C ")]
    widths = {name.split()[1]: int(wx.split()[1]) for _, wx, name, *_ in parts}
    for glyph in font.getGlyphOrder()[1:]:
        name, width = RENAMED.get(glyph, glyph), font["hmtx"][glyph][0]
        if widths[name] != width and name not in NARROWER:
            raise ValueError(f"{name} is {width} wide, {widths[name]} in {metrics}")


def reduced(path, metrics):
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = False
    font = subset.load_font(str(path), options)
    stem = font["CFF "].cff.topDictIndex[0].Private.rawDict["StdVW"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in CHARACTERS])
    subsetter.subset(font)
    stream = io.BytesIO()
    subset.save_font(font, stream, options)
    font = TTFont(stream)
    check_metrics(font, metrics)
    top = font["CFF "].cff.topDictIndex[0]
    rename(top)
    facts = {
        "capHeight": font["OS/2"].sCapHeight,
        "ascent": font["OS/2"].sTypoAscender,
        "descent": font["OS/2"].sTypoDescender,
        "bbox": list(top.FontBBox),
        "stemV": stem,
    }
    program = font.getTableData("CFF ")
    return program, facts


def rename(top):
    strings = top.CharStrings.charStrings
    for old, new in RENAMED.items():
        strings[new] = strings.pop(old)
    top.charset[:] = [RENAMED.get(name, name) for name in top.charset]


def main():
    lines = [
        "// Written by fonts/subset.py. Do not edit.",
        "import type { Face } from './mark.ts';",
        "",
        "/** A font program as PDF embeds it, and what its descriptor says, in thousandths of an em. */",
        "export interface EmbeddedFont {",
        "  readonly name: string;",
        "  /** Bare CFF, base64. */",
        "  readonly cff: string;",
        "  readonly capHeight: number;",
        "  readonly ascent: number;",
        "  readonly descent: number;",
        "  readonly bbox: readonly [number, number, number, number];",
        "  readonly stemV: number;",
        "}",
        "",
        "/** TeX Gyre Heros, the characters of WinAnsiEncoding. Six letters before the name say that it is a part of the font. */",
        "export const EMBEDDED_FONTS: Readonly<Record<Face, EmbeddedFont>> = {",
    ]
    for face, file in FACES.items():
        program, facts = reduced(FOLDER / file, {"regular": "Helvetica.afm", "bold": "Helvetica-Bold.afm"}[face])
        name = {"regular": "SBILLR+TeXGyreHeros-Regular", "bold": "SBILLB+TeXGyreHeros-Bold"}[face]
        lines.append(f"  {face}: {{ name: '{name}', " + ", ".join(f"{k}: {v}" for k, v in facts.items()) + ",")
        lines.append(f"    cff: '{base64.b64encode(program).decode()}',")
        lines.append("  },")
    lines.append("};")
    TARGET.write_text("\n".join(lines) + "\n")


main()
