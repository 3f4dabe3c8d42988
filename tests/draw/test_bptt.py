from rnnlab.draw.bptt import two_ways


def test_every_step_reads_an_input_and_adds_a_share():
    (ax,) = two_ways(4).axes
    words = [text.get_text() for text in ax.texts]
    for t in range(1, 5):
        assert words.count(f"$x_{t}$") == words.count(f"$h_{t}$") == 1
        assert words.count(rf"share $\delta_{t}\, h_{t - 1}^T$") == words.count(rf"$W_{{hh}}^T \delta_{t}$") == 1
    assert words.count("$W_{hh}$") == 4 and words.count("$dL/dh_4$") == 1
