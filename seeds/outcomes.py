"""How calls end, in the words that Retell, Vapi and Twilio really send."""

from random import Random

RUNNING = {"retell": "ongoing", "vapi": "in-progress", "twilio": "in-progress"}

INBOUND = {
    "completed": 82.0,
    "transferred": 7.0,
    "missed": 4.6,
    "canceled": 2.2,
    "voicemail": 1.3,
    "failed": 1.0,
    "transfer_unanswered": 0.7,
    "unknown": 0.35,
}
# In the rush more guests ring off before anybody answers.
RUSH = INBOUND | {"missed": 7.5, "canceled": 3.6}
OUTBOUND = {"completed": 64.0, "voicemail": 21.0, "missed": 14.0, "failed": 1.0}

# What a provider cannot say becomes what it can: Twilio knows no voicemail and no transfer.
TWILIO_SAYS = {"transferred": "completed", "transfer_unanswered": "completed", "voicemail": "missed"}
TWILIO = {
    "completed": ("completed", "completed", "completed", "answered"),
    "missed": ("no-answer", "busy"),
    "failed": ("failed",),
    "canceled": ("canceled",),
    "unknown": ("paused-by-carrier",),
}
RETELL = {
    "completed": ("user_hangup", "user_hangup", "user_hangup", "agent_hangup", "agent_hangup", "inactivity"),
    "transferred": ("call_transfer", "call_transfer", "transfer_bridged", "call_take_over"),
    "transfer_unanswered": ("transfer_failed_no_answer",),
    "missed": ("dial_no_answer", "dial_no_answer", "dial_busy", "user_declined"),
    "canceled": ("error_user_not_joined", "registered_call_timeout"),
    "voicemail": ("voicemail_reached",),
    "failed": (
        "error_llm_websocket_open",
        "error_llm_websocket_lost_connection",
        "error_asr",
        "telephony_provider_unavailable",
    ),
    "unknown": ("conversation_archived",),
}
VAPI = {
    "completed": (
        "customer-ended-call",
        "customer-ended-call",
        "assistant-ended-call",
        "assistant-said-end-call-phrase",
        "silence-timed-out",
    ),
    "transferred": ("assistant-forwarded-call",),
    "transfer_unanswered": ("call.forwarding.operator-busy", "call.forwarding.no-answer"),
    "missed": ("customer-did-not-answer", "customer-busy", "twilio-reported-customer-misdialed"),
    "canceled": ("manually-canceled", "call-deleted"),
    "voicemail": ("voicemail",),
    "failed": (
        "pipeline-error-openai-llm-failed",
        "call.in-progress.error-vapifault-transport-never-connected",
        "call.start.error-get-transport",
    ),
    "unknown": ("conversation-archived",),
}
REASONS = {"retell": RETELL, "vapi": VAPI}


def choose(weights: dict[str, float], provider: str, chance: Random) -> str:
    """An outcome that `provider` can report: a canonical status, or `transfer_unanswered`."""
    outcome = chance.choices(list(weights), list(weights.values()))[0]
    return TWILIO_SAYS.get(outcome, outcome) if provider == "twilio" else outcome


def provider_words(provider: str, outcome: str, chance: Random) -> tuple[str, str | None]:
    """(provider_status, end_reason) of an ended call; Twilio sends a status alone."""
    if provider == "twilio":
        return chance.choice(TWILIO[outcome]), None
    return "ended", chance.choice(REASONS[provider][outcome])
