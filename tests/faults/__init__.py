"""Real processes, killed and starved; the checks explain themselves as tests do."""

import pytest

pytest.register_assert_rewrite("tests.faults.audit", "tests.faults.trial")
