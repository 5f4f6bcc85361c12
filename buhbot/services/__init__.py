"""Writes of the ground floor: one public function, one use case, one transaction."""
