"""What the networks learn from: series and recordings, a reader's own file, MNIST, made-up sequences and sentences."""
