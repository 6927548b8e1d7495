"""A house with enough calls to work through, and sounds to listen to."""

import pytest

from certus_admin.config import Config
from seeds.recordings import make_recordings
from tests.fixtures.database import Database

# Calls are put 90 minutes apart before now, so that days, pages and periods have something in them.
CALLS = 120
ADD_CALLS = """
    insert into public.call_logs (account_id, location_id, provider, provider_call_id, provider_status,
        end_reason, intent, direction, from_number, to_number, started_at, answered_at, ended_at, summary_md,
        transcript_md, recording_url)
    select 'a0000000-0000-7000-8000-00000000000a',
        case mod(n, 2) when 0 then '10c00000-0000-7000-8000-0000000000a1'::uuid
            else '10c00000-0000-7000-8000-0000000000a2' end,
        'retell', 'browser-' || n, 'ended',
        case mod(n, 4) when 3 then 'dial_no_answer' else 'user_hangup' end, 'general', 'inbound',
        '+1 617-555-01' || lpad(mod(n, 100)::text, 2, '0'), '+1 617-555-0101',
        now() - make_interval(mins => 90 * n), case mod(n, 4) when 3 then null
            else now() - make_interval(mins => 90 * n) + interval '3 seconds' end,
        now() - make_interval(mins => 90 * n) + interval '80 seconds',
        'Guest number ' || n || ' asked about **oysters**.',
        E'caller: Do you have oysters?\\nagent: Yes, a dozen kinds.', '/recordings/demo-1.wav'
    from generate_series(1, %s) n"""


@pytest.fixture(scope="module", autouse=True)
def busy_days(database: Database, config: Config) -> None:
    """Recent calls at the operator's two locations, and the demo's recordings."""
    make_recordings(config.var / "recordings")
    with database.owner(autocommit=True) as owner:
        owner.execute(ADD_CALLS, [CALLS])
        owner.execute("select private.refresh_metrics()")
