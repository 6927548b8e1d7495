"""What a column is called, once for every list, and on which side it stands."""

LABELS = {
    "started_at": "Started",
    "done_at": "When",
    "done_by": "Who",
    "done": "What",
    "done_where": "Where",
    "saved_at": "Saved",
    "saved_by": "By",
    "holds_at": "Holds at",
    "preview": "Value",
    "created_at": "Taken",
    "written_at": "Written",
    "author_name": "By",
    "full_name": "Name",
    "access": "Works at",
    "last_sign_in_at": "Last sign-in",
    "added_at": "Added",
    "note_md": "Note",
    "note_page": "Details",
    "filed_at": "Filed",
    "request_place": "For",
    "kind": "About",
    "requested_by_name": "Filed by",
    "reservation_at": "Table for",
    "location": "Location",
    "caller_masked": "Caller",
    "guest": "Guest",
    "guest_count": "Guests",
    "call_type": "Type",
    "fulfillment_type": "Fulfilment",
    "status": "Status",
    "duration_seconds": "Duration",
    "excerpt": "Summary",
    "review_reasons": "Review",
    "items": "Items",
    "total_amount": "Total",
    "estimated_revenue": "Estimate",
    "key_state": "State",
    "key_hint": "Ends in",
    "issued_at": "Issued",
    "last_used_at": "Last used",
    "expires_at": "Expires",
}
AT_THE_END = frozenset({"duration_seconds", "total_amount", "estimated_revenue", "guest_count"})


def label(name: str) -> str:
    """The heading of a column."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def align(name: str) -> str:
    """Numbers stand at the end of their column."""
    return "end" if name in AT_THE_END else "start"
