"""Running the product: checks, health, metrics, logging."""

DATABASE_SHAPE = "postgres://user:password@host:5432/name"
