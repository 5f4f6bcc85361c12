"""What a client message is: request, clarification, thanks or noise (CLS-01)."""

from sla.classifier.rules import RULES_VERSION, Verdict, classify

__all__ = ["RULES_VERSION", "Verdict", "classify"]
