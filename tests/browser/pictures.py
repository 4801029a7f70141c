"""``make pictures``: the README's screenshots, taken from the running demo firm."""

import re
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from config.demo.people import PASSWORD, staff_email

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
DESKTOP = {"width": 1280, "height": 800}
# The client of whose account a month was not uploaded.
INCOMPLETE = 4
PHONE = {"width": 390, "height": 760}


def page_of(browser: Browser, base: str, email: str, size: dict[str, int]) -> Page:
    """A page of somebody who has logged in through the form."""
    context = browser.new_context(viewport=size, locale="en-GB", color_scheme="light")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(base + "/login/")
    page.fill("[name=username]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("load")
    return page


def shrink(picture: Path) -> None:
    """Keep 256 colours: pages have few, and the file is less than half as large."""
    with Image.open(picture) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


def banks(browser: Browser, phone: Page, base: str) -> None:
    """The account of which a month is missing: as its client sees it, and the firm's calendar of it."""
    phone.locator("a[href$='/banks/']").first.click()
    phone.wait_for_load_state("load")
    phone.screenshot(path=FOLDER / "portal-banks.png")
    page = page_of(browser, base, staff_email("bernd"), DESKTOP)
    page.goto(base + "/admin/matching/bankaccount/missing/")
    page.locator("a[href*='/bankaccount/'][href$='/change/']").first.click()
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / "calendar.png")


def main(base: str) -> int:
    """Take every picture; ``base`` is the address of the running demo."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = page_of(browser, base, staff_email("anna"), DESKTOP)
        page.goto(base + "/admin/")
        page.screenshot(path=FOLDER / "start.png")
        page.goto(base + "/admin/review/")
        cases = page.locator("a[href*='/admin/review/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        case = next(href for href in cases if re.search(r"/review/\d+/", href))
        page.goto(base + case, wait_until="load")
        page.wait_for_timeout(1000)
        page.screenshot(path=FOLDER / "review.png")
        for name, number in (("portal-active", 1), ("portal-none", 3), ("portal-activate", 4), ("portal-failed", 5)):
            phone = page_of(browser, base, f"chef@mandant-{number}.example", PHONE)
            phone.screenshot(path=FOLDER / f"{name}.png")
            if number == INCOMPLETE:
                banks(browser, phone, base)
        browser.close()
    for picture in FOLDER.glob("*.png"):
        shrink(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"))
