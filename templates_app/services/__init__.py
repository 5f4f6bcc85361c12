"""Writes about templates and frequent questions: one public function, one use case, one transaction."""
