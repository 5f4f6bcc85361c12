"""Templates, FAQ, services on offer and received files."""
