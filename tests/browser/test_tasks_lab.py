"""Chapter 5's live lab as a reader meets it: a real JupyterLab, a real kernel, mouse and keyboard."""

import pytest

CHAPTER = "05-sequence-tasks.ipynb"


@pytest.fixture
def lab(notebook):
    """The chapter's lab, small and quick: 16 units, 100 sentences."""
    lab = notebook.lab()
    lab.select("task", "tags")
    lab.select("reads", "one way")
    lab.steps_from_start("hidden size", 3)
    lab.steps_from_start("sentences", 1)
    lab.select("task", "sentiment")
    lab.settle("seed", "seed 20 ", 0, "sentiment, hidden size 16, 100 sentences, seed 0 ", "the film is not very good")
    return lab


def test_the_default_setting_is_drawn_whole(notebook):
    lab = notebook.lab()
    lab.wait_done("sentiment, hidden size 16, 1000 sentences, seed 0 ", "bag of words")
    lab.screenshot("tasks-lab")
    assert lab.image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [960, 500]
    assert lab.faults() == []


@pytest.mark.parametrize(
    ("slider", "key", "value", "words"),
    [
        ("hidden size", "Home", 4, "hidden size 4,"),
        ("hidden size", "End", 128, "hidden size 128,"),
        ("sentences", "Home", 50, " 50 sentences,"),
        ("sentences", "End", 2000, " 2000 sentences,"),
        ("seed", "End", 20, "seed 20 "),
    ],
)
def test_each_slider_goes_to_its_ends_by_keyboard(lab, slider, key, value, words):
    before = lab.picture()
    lab.press(slider, key)
    lab.wait_done(words)
    assert lab.value(slider) == value and lab.picture() != before


@pytest.mark.parametrize(
    ("task", "words"),
    [("tags", "they fish that fish fast"), ("translation", "他昨天在家吃了一条鱼"), ("sentiment", "not very good")],
)
def test_each_task_brings_its_sentence(lab, task, words):
    lab.select("task", task)
    lab.wait_done(f"{task}", words)
    assert lab.entry("sentence").input_value().endswith(words)


def test_reading_both_ways_is_for_tags(lab):
    assert lab.dropdown("reads").is_disabled()
    lab.select("task", "tags")
    one_way = lab.wait_done("tags one way")
    lab.select("reads", "both ways")
    assert lab.wait_done("tags both ways") != one_way


def test_a_typed_sentence_is_read_without_another_training(lab):
    trained, before = lab.wait_done("sentiment").split(" · “")[0], lab.picture()
    lab.type("sentence", "the plot is bad not good")
    after = lab.wait_done("“the plot is bad not good”: ")
    assert after.split(" · “")[0] == trained and lab.picture() != before


def test_an_unknown_word_says_which_are_known_and_the_next_sentence_works(lab):
    lab.type("sentence", "the cat is good")
    lab.wait_status("stopped: 'cat' is not in the vocabulary; allowed: ", "plot")
    lab.type("sentence", "the plot is good")
    lab.wait_done("“the plot is good”: ")
