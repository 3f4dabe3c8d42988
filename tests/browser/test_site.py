"""The site as a reader meets it: no kernel, no network; on a laptop and a phone, in light and dark; and the slides."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from jupyterlab_driver import SCREENSHOTS


@pytest.fixture
def open_page(browser):
    """A function that opens a page of given width and theme; whatever it asks of the network fails the test."""
    opened, asked = [], []

    def open_page(path, width=1366, theme="light"):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
        page.on(
            "request",
            lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
        )
        page.goto(path.as_uri())
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.close()
    assert not asked


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
def test_every_page_fits_and_can_be_read(site, open_page, width, theme):
    SCREENSHOTS.mkdir(exist_ok=True)
    for path in sorted(site.glob("0*.html")):
        page = open_page(path, width, theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth)"), path.name
        faults = Axe().run(page).response["violations"]
        assert not faults, (path.name, [(fault["id"], fault["nodes"][0]["html"]) for fault in faults])
        page.screenshot(path=SCREENSHOTS / f"site-{path.stem[:2]}-{width}-{theme}.png")


def test_the_chapters_lead_from_one_to_the_next(site, open_page):
    page = open_page(site / "index.html")
    for number in range(1, 7):
        page.get_by_role("main").get_by_role("link").last.click()
        assert page.locator("h1").inner_text().startswith(f"{number} · ")


def test_a_solution_opens_by_keyboard(site, open_page):
    page = open_page(site / "06-lstm-and-gru.html")
    solution = page.locator("details", has_text="my_port").last
    assert not solution.locator("pre").first.is_visible()
    solution.locator("summary").focus()
    page.keyboard.press("Enter")
    assert solution.locator("pre").first.is_visible()


def test_the_slides_go_on_by_keyboard_and_nothing_sticks_out_to_the_side(site, open_page):
    for path in sorted((site / "slides").glob("*.html")):
        page = open_page(path, 1280)
        page.wait_for_function("() => window.Reveal && Reveal.isReady()")
        page.keyboard.press("Space")
        page.wait_for_function("() => Reveal.getIndices().h > 0 || Reveal.getIndices().v > 0")
        wide = page.evaluate("""async () => {
          const wide = [];
          for (const slide of Reveal.getSlides()) {
            const {h, v} = Reveal.getIndices(slide);
            Reveal.slide(h, v);
            await new Promise(requestAnimationFrame);
            const high = slide.scrollHeight > 1.4 * slide.clientHeight;
            if (slide.scrollWidth > slide.clientWidth + 2 || high) wide.push([h, v]);
          }
          return wide;
        }""")
        assert not wide, (path.name, wide)
