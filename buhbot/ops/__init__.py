"""Running the product: checks, health, metrics, logging."""
