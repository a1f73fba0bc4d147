"""How the tests run on any machine: slow ones and busy ones are no failure."""

from hypothesis import HealthCheck, settings

# On top of what Hypothesis chooses by itself, which is another profile where CI is set.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
