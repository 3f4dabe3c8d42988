"""The engine of the live labs: settings and their controls, a worker, a canvas, and the panel over them."""
