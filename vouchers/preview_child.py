"""The child that draws one page: started by ``vouchers.preview``, knows nothing of the rest of the house.

Called as ``preview_child.py pdf|image SOURCE TARGET PAGE SECONDS BYTES``: limits itself, draws the page as PNG into
TARGET, and prints the number of pages.
"""

import resource
import sys

WIDTH = 1200
"""Pixels: an A4 page is read comfortably on half a desktop screen and zoomed on a phone."""

HEIGHT = 4800
"""Pixels: a till receipt may be long and narrow."""


def limit(seconds: int, size: int) -> None:
    """Let the system end this process when it works too long, or refuse it memory."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw_pdf(source: str, target: str, page: int) -> int:
    """Draw a page of a PDF; the number of pages."""
    import pypdfium2

    with pypdfium2.PdfDocument(source) as document:
        count = len(document)
        if 1 <= page <= count:
            sheet = document[page - 1]
            width, height = sheet.get_size()
            scale = min(WIDTH / max(width, 1), HEIGHT / max(height, 1))
            sheet.render(scale=scale).to_pil().convert("RGB").save(target, "PNG", optimize=False)
    return count


def draw_image(source: str, target: str) -> int:
    """Write an image anew, turned upright, without what a camera hides in it, and not larger than needed; 1."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = 60_000_000
    with Image.open(source, formats=("PNG", "JPEG")) as image:
        image.draft("RGB", (WIDTH, HEIGHT))
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((WIDTH, HEIGHT))
        clean = Image.new("RGB", upright.size)
        clean.paste(upright)
        clean.save(target, "PNG")
    return 1


if __name__ == "__main__":
    kind, source, target, page, seconds, size = sys.argv[1:]
    limit(int(seconds), int(size))
    count = draw_pdf(source, target, int(page)) if kind == "pdf" else draw_image(source, target)
    sys.stdout.write(str(count))
