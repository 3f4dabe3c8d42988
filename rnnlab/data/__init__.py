"""What the networks learn from: series and recordings, a reader's own file, MNIST, and made-up sequences and sentences."""
