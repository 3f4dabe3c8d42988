"""The start page as a reader meets it: the first slider in the first screen, and a lab by keyboard alone."""

CHAPTER = "00-start-here.ipynb"


def test_the_first_slider_is_in_the_first_screen(notebook):
    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.content.scrollToItem(0)")
    lab = notebook.lab()
    lab.wait_done("RNN on sine, tau 4, noise 0.20")
    assert lab.handle("noise").bounding_box()["y"] < notebook.page.viewport_size["height"] - 100
    assert lab.faults() == []
    lab.screenshot("start-page-lab")


def test_tab_visits_every_control_in_reading_order_and_keys_move_them(notebook):
    lab, page = notebook.lab(), notebook.page
    lab.handle("tau").focus()
    visited = []
    for _ in range(11):  # a slider's read-out takes the focus, too
        visited.append(
            page.evaluate("""() => {
              const at = document.activeElement;
              return at.ariaLabel ?? at.closest('.widget-inline-hbox').querySelector('label').textContent;
            }""")
        )
        page.keyboard.press("Tab")
    assert list(dict.fromkeys(visited)) == ["tau", "noise", "hidden size", "seed", "model", "device", "source"]
    lab.dropdown("model").focus()
    page.keyboard.press("ArrowUp")
    lab.wait_done("MLP on sine")
    page.keyboard.press("ArrowDown")
    lab.wait_done("RNN on sine")
    lab.handle("tau").focus()
    page.keyboard.press("ArrowUp")  # outside the lab, in the notebook: to the cell above
    lab.wait_done("RNN on sine, tau 5")


def test_running_the_page_again_closes_its_lab_and_makes_one_that_answers(notebook):
    widgets_alive = "import ipywidgets; print(len(ipywidgets.widget._instances))"
    before = notebook.execute(widgets_alive)
    for _ in range(2):
        notebook.run_all()
        assert notebook.execute(widgets_alive) == before
    lab = notebook.lab()
    lab.wait_done("RNN on sine, tau 4, noise 0.20")
    lab.press("noise", "Home")
    lab.wait_done("noise 0.00")
