"""A DSPy program under OpenInference's instrumentations of DSPy and of LiteLLM."""

import os

os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}

import dspy
import story
from openinference.instrumentation.dspy import DSPyInstrumentor
from openinference.instrumentation.litellm import LiteLLMInstrumentor

provider = story.provider()
DSPyInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
LiteLLMInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
lm = dspy.LM(
    f"openai/{story.MODEL}",
    api_base=f"{story.URL}/v1",
    api_key="none",
    cache=False,
    engine="litellm",
)
dspy.configure(lm=lm)
answer = dspy.ChainOfThought("question -> answer")(question=story.QUESTION)
assert answer.answer == story.ANSWER
provider.force_flush()
