"""The doors of the panel: signing in, the second step, passwords. Plain pages without any script (SEC-05, SEC-07)."""
