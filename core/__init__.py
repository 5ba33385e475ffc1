"""The ground: the product's words and the limits they live under. Standard library only; knows no room."""
