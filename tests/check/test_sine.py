from rnnlab.check import sine as check


def test_a_hint_about_shapes_does_not_follow_a_mistake_that_is_none_of_shapes():
    def root(predictions, labels):
        return (predictions.squeeze(-1) - labels).square().mean().sqrt()

    assert "hint" not in check.column_loss(root).message
    assert "hint 1 of 3" in check.column_loss(root, hint=1).message
