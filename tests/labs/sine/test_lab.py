import math
import re
from datetime import UTC, datetime

import numpy as np
import pytest
import torch

from rnnlab import device
from rnnlab.data.recordings import recording
from rnnlab.data.table import read_csv
from rnnlab.labs import sine_lab
from rnnlab.labs.sine import run as sine
from rnnlab.labs.sine.run import CSV, OWN, SineSettings, load, sine_run
from rnnlab.train import mse

ALLOWED = {
    "tau": range(1, 33),
    "noise": (0.0, 1.0),
    "hidden_size": range(1, 129),
    "seed": range(21),
    "model": ["linear", "mlp", "rnn", "lstm", "gru"],
    "device": ["cpu", "cuda", "mps"],
    "source": ["sine", "neuron voltage", "stock price", "CSV file", "your series"],
}

CSV_TEXT = "t,level\n" + "\n".join(f"{i},{math.sin(i / 9):.4f}" for i in range(300))


def final(**settings):
    *_, last = sine_run(SineSettings(**settings))
    return last


def final_of(series, **settings):
    *_, last = sine_run(SineSettings(source=OWN, **settings), series)
    return last


def error(state):
    return float(mse(state.one_step(), state.split.test_targets))


@pytest.mark.parametrize("model", sine.MODELS)
def test_every_model_beats_persistence_and_comes_near_the_bound(model):
    state = final(model=model)
    baselines = state.baselines()
    assert baselines["noise floor"] == pytest.approx(0.04) and baselines["best linear"] == pytest.approx(
        0.05, abs=0.001
    )
    assert error(state) < 0.8 * baselines["persistence"]


@pytest.mark.parametrize(
    "settings", [{"tau": 1}, {"tau": 32}, {"noise": 0.0}, {"noise": 1.0}, {"hidden_size": 1}, {"hidden_size": 128}]
)
@pytest.mark.parametrize("model", sine.MODELS)
def test_every_end_of_every_slider_trains(model, settings):
    state = final(model=model, **settings)
    assert math.isfinite(error(state)) and state.done == 1


def test_the_training_starts_at_0_ends_at_exactly_1_and_only_rises():
    shares = [state.done for state in sine_run(SineSettings())]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(set(shares))


def test_a_setting_gives_the_same_result_whatever_ran_before():
    once = error(final(seed=3))
    torch.manual_seed(1)
    error(final(seed=4))
    assert error(final(seed=3)) == once


def test_the_lab_trains_on_the_past_and_is_tested_on_the_future():
    state = final()
    assert torch.equal(state.split.test_targets, state.series[600:])
    assert torch.equal(state.split.train_targets, state.series[4:600])


def test_k_steps_ahead_is_the_chapters_free_run():
    state = final(model="linear")
    runs, by_k = state.k_steps(state.model)
    start = 3  # the fourth run starts at the 24th test position
    position = start * sine.BETWEEN_STARTS
    window = state.split.test_inputs[position].tolist()
    weights, bias = state.model.W_xq.weight[0].tolist(), float(state.model.W_xq.bias)
    for k in range(sine.K):
        value = float(np.dot(weights, window[-4:])) + bias
        assert float(runs[start, k]) == pytest.approx(value, abs=1e-4)
        window.append(value)
    truth = torch.stack([state.series[600 + 8 * i : 664 + 8 * i] for i in range(len(runs))])
    torch.testing.assert_close(by_k, (runs - truth).square().mean(0))


@pytest.mark.parametrize("source", ["neuron voltage", "stock price"])
def test_a_recording_is_standardised_on_its_past(source):
    series = load(SineSettings(source=source))
    assert len(series) == 1000
    assert float(series[:600].mean()) == pytest.approx(0, abs=1e-4) and float(series[:600].std()) == pytest.approx(
        1, abs=1e-4
    )
    expected = {"neuron voltage": {"persistence", "36 steps ago"}, "stock price": {"persistence"}}
    assert set(final(source=source, model="linear").baselines()) == expected[source]


def test_what_carries_over_the_rnn_wins_on_the_neuron_and_not_on_the_price():
    neuron = {model: error(final(source="neuron voltage", model=model)) for model in ("linear", "rnn")}
    assert neuron["rnn"] < 0.8 * neuron["linear"]
    price = final(source="stock price")
    assert error(price) > 3 * price.baselines()["persistence"]


def test_the_readers_own_column_and_array_are_used():
    rises = load(SineSettings(source=CSV, column="t"), read_csv(CSV_TEXT, "t")).diff()
    assert torch.allclose(rises, torch.tensor(0.0192), atol=1e-3)
    own = torch.arange(2000.0)
    series = load(SineSettings(source=OWN), own)
    assert len(series) == 1000 and series[-1] > series[0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "whale song"}, "'whale song'; allowed"),
        ({"device": "tpu9"}, "device is 'tpu9'"),
        ({"tau": 0}, "tau is 0"),
        ({"hidden_size": 0}, "hidden_size is 0"),
        ({"noise": -0.5}, "noise is -0.5"),
        ({"noise": math.nan}, "noise is nan"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_words(settings, message):
    with pytest.raises(ValueError, match=message):
        final(**settings)


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="model is 'CNN'; allowed: linear, mlp, rnn, lstm, gru"):
        SineSettings(model="CNN")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tau": 0}, "tau is 0; allowed: 1 to 32"),
        ({"tau": 33}, "tau is 33"),
        ({"noise": math.nan}, "noise is nan; allowed: 0 to 1"),
        ({"noise": -0.1}, "noise is -0.1"),
        ({"hidden_size": 0}, "hidden_size is 0; allowed: 1 to 128"),
        ({"device": "tpu9"}, "device is 'tpu9'"),
        ({"series": [1.0] * 10}, "every position"),
        ({"series": range(150)}, "series has 150 values; allowed: 200 or more"),
        ({"series": ["a"] * 300}, "not a number"),
    ],
)
def test_the_lab_refuses_bad_arguments_at_once(arguments, message):
    with pytest.raises(ValueError, match=message):
        sine_lab(**arguments)


def test_a_device_that_is_absent_is_said_so_and_the_cpu_taken():
    absent = next(name for name in device.KNOWN if name not in device.names())
    lab = sine_lab(device=absent)
    assert f"no {absent} on this machine, using the CPU" in lab.result
    assert lab.controls["device"].value == "cpu"


def test_the_way_to_a_setting_does_not_change_its_picture():
    roundabout = sine_lab(tau=9, noise=0.5, model="mlp")
    for name, value in [
        ("source", "stock price"),
        ("tau", 4),
        ("source", "sine"),
        ("noise", 0.2),
        ("model", "rnn"),
    ]:
        roundabout.controls[name].value = value
    assert roundabout.wait(60).picture == sine_lab().picture


def test_a_new_series_brings_its_own_axes():
    lab = sine_lab(100 * np.sin(np.arange(500) / 7))
    lab.controls["source"].value = "sine"
    assert lab.wait(60).picture == sine_lab().picture


def test_controls_that_do_not_count_are_shut():
    lab = sine_lab()
    assert lab.controls["file"].layout.display == "none"
    lab.controls["source"].value = "stock price"
    lab.controls["model"].value = "linear"
    lab.wait(60)
    assert lab.controls["noise"].disabled and lab.controls["hidden_size"].disabled
    assert "noise" not in lab.result and "hidden size" not in lab.result


def send(lab, content, name="mine.csv"):
    """Upload a file as the page does."""
    content = content.encode() if isinstance(content, str) else content
    file = {"name": name, "type": "text/csv", "size": len(content), "last_modified": datetime.now(UTC)}
    lab.controls["file"].value = ({**file, "content": memoryview(content)},)


@pytest.fixture
def csv_lab():
    lab = sine_lab()
    lab.controls["source"].value = CSV
    with pytest.raises(ValueError, match=r"no file yet: press 'CSV file' .* 10 MB at most"):
        lab.wait(60)
    yield lab
    lab.close()


def test_a_lab_may_begin_with_a_file_that_is_still_to_come():
    lab = sine_lab(source=CSV)
    assert lab.controls["file"].layout.display is None
    send(lab, CSV_TEXT)
    assert "RNN on CSV file" in lab.wait(60).result


def test_an_uploaded_file_offers_its_columns_and_the_lab_says_how_it_was_read(csv_lab):
    send(csv_lab, CSV_TEXT)
    assert csv_lab.controls["column"].options == ("t", "level")
    assert "RNN on CSV file" in csv_lab.wait(60).result
    assert "mine.csv: comma-separated, decimal point, UTF-8, column 'level', 300 rows" in csv_lab.result
    send(csv_lab, CSV_TEXT.replace(",", ";").replace(".", ",").encode("utf-16"), "andere.csv")
    assert "andere.csv: semicolon-separated, decimal comma, UTF-16, column 'level'" in csv_lab.wait(60).result
    csv_lab.controls["column"].value = "t"
    assert "column 't'" in csv_lab.wait(60).result
    csv_lab.reset.click()
    assert csv_lab.wait(60).result.startswith("done: RNN on sine, tau 4,") and csv_lab.controls["column"].options == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "mine.csv: the file is empty"),
        ("\n".join(CSV_TEXT.splitlines()[:150]), "mine.csv: column 'level' has 149 values; allowed: 200 or more"),
        (CSV_TEXT.replace("7,0.7", "7,soon"), "mine.csv: .* on line 9"),
        (CSV_TEXT.replace("t,level", 't,"level'), "mine.csv: line 1 is not CSV"),
        ("größe,1\n".encode("latin-1") * 300, "mine.csv: line 1 is not UTF-8"),
        (bytes(range(256)) * 100, "mine.csv: line 2 is not UTF-8"),
    ],
)
def test_after_a_bad_file_no_figure_of_the_good_one_before_stays(csv_lab, content, message):
    send(csv_lab, CSV_TEXT)
    assert csv_lab.wait(60).result.startswith("done")
    send(csv_lab, content)
    with pytest.raises(ValueError, match=message):
        csv_lab.wait(60)
    assert csv_lab.result.startswith("stopped: mine.csv") and "done" not in csv_lab.status.value
    csv_lab.controls["tau"].value = 9
    with pytest.raises(ValueError, match=message):
        csv_lab.wait(60)
    send(csv_lab, CSV_TEXT)
    assert "tau 9" in csv_lab.wait(60).result


def test_a_file_that_the_page_holds_back_is_said_to_be_too_large(csv_lab):
    send(csv_lab, CSV_TEXT)
    csv_lab.wait(60)
    held_back = csv_lab.controls["refused"]
    held_back.value = "all of it.csv 12345678"
    with pytest.raises(ValueError, match=r"all of it\.csv has 12\.3 MB; allowed: 10 MB, so cut it"):
        csv_lab.wait(60)


def test_gaps_are_filled_when_the_reader_says_how(csv_lab):
    send(csv_lab, re.sub(r"\n7,[\d.]*", "\n7,NA", CSV_TEXT))
    with pytest.raises(ValueError, match="'level' has a gap on line 9"):
        csv_lab.wait(60)
    csv_lab.controls["gaps"].value = "line"
    assert csv_lab.wait(60).result.startswith("done") and "300 rows" in csv_lab.result


def test_moves_over_a_large_file_keep_no_copy_of_it(csv_lab):
    send(csv_lab, "t,y\n" + "".join(f"2020-01-01 00:00:00,{math.sin(i / 5):.5f}\n" for i in range(30_000)))
    csv_lab.wait(60)
    for tau in range(5, 9):
        csv_lab.controls["tau"].value = tau
        csv_lab.wait(60)
    kept = csv_lab._runner._work._kept
    assert len(kept) >= 5
    assert max(len(str(settings)) + len(settings.file) for settings in kept) < 300


def test_whole_numbers_of_any_type_start_the_sliders_and_halves_do_not():
    assert "tau 5, noise 0.20, hidden size 8" in sine_lab(tau=np.int64(5), hidden_size=8.0).result
    with pytest.raises(ValueError, match=r"tau is 4\.5; allowed: a whole number, 1 to 32"):
        sine_lab(tau=4.5)
    with pytest.raises(ValueError, match="tau is '4'; allowed: 1 to 32"):
        sine_lab(tau="4")


def test_a_series_of_the_readers_own_that_is_not_there_cannot_be_the_source():
    with pytest.raises(
        ValueError, match=r"source is 'your series', but no series is given; allowed: only with series="
    ):
        sine_lab(source=OWN)
    with pytest.raises(ValueError, match="source is 'your series', but no series is given"):
        final(source=OWN)
    lab = sine_lab(np.sin(np.arange(500) / 7), source="sine")
    assert "RNN on sine" in lab.result and OWN in dict(lab.controls["source"].options)


def test_an_array_of_the_readers_own_is_the_source_at_once():
    lab = sine_lab(np.sin(np.arange(500) / 7))
    assert lab.controls["source"].value == OWN and "RNN on your series" in lab.result


def test_the_result_line_counts_the_gradient_steps_and_names_the_unit_of_an_error():
    assert "seed 0 · gradient steps 40 · test error" in sine_lab().result
    assert "variance" not in sine_lab().result
    short = sine_lab(np.sin(np.arange(240) / 7)).result
    assert "gradient steps 10 ·" in short and "an error of 1 is the variance of the training part" in short
    assert "gradient steps" not in sine_lab(model="linear").result


def weekly(length=1000, noise=0.2, seed=0):
    days = torch.tensor([0.8, 0.85, 0.9, 0.95, 1.3, 1.8, 0.6]).repeat(length // 7 + 1)[:length]
    return days + noise * torch.randn(length, generator=torch.Generator().manual_seed(seed))


def test_a_series_with_a_week_is_also_compared_with_the_same_day_of_last_week():
    lab = sine_lab(weekly(), model="linear")
    week_ago = float(re.search(r"persistence [\d.]+ · 7 steps ago ([\d.]+) ·", lab.result)[1])
    series = load(SineSettings(source=OWN), weekly())
    assert week_ago == pytest.approx(float(mse(series[593:-7], series[600:])), abs=1e-4)
    assert len(lab.result) < 200


@pytest.mark.parametrize(
    ("past", "n"),
    [
        *[(weekly(600, noise, seed), 7) for noise in (0.05, 0.4) for seed in range(4)],  # no luckier multiple of 7
        (torch.arange(600.0), 1),
        (torch.ones(120), 1),
        (torch.arange(12.0).repeat(10), 12),
        (torch.randn(90, generator=torch.Generator().manual_seed(0)).repeat(2), 90),
    ],
)
def test_the_season_is_found_on_the_past(past, n):
    assert sine.season(past) == n


def test_what_the_chapter_says_of_the_change_of_the_price():
    for model in ("linear", "mlp", "rnn"):
        state = final_of(recording("stock price").diff()[1:], model=model)
        always_0 = float(state.split.test_targets.square().mean())
        assert error(state) == pytest.approx(always_0, rel=0.1)
        assert state.baselines()["persistence"] > 1.8 * always_0


@pytest.mark.skipif("cuda" not in device.names(), reason="needs a CUDA GPU")
def test_cuda_trains_to_the_same_error():
    assert error(final(device="cuda")) == pytest.approx(error(final()), rel=0.02)


def test_what_the_start_page_says_of_this_lab_without_noise_and_without_a_past():
    clean = final(noise=0.0)
    assert error(clean) == pytest.approx(0.001, abs=0.0005)
    assert clean.baselines()["persistence"] < error(clean) / 10
    blind = final(tau=1)
    assert error(blind) == pytest.approx(blind.baselines()["persistence"], rel=0.1)
