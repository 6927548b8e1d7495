-- seed.sql: a small world with fixed ids, for tests and for the demo: three customers, twelve locations, the people who
-- look after them, and one row or more of everything. No passwords: those are made by flask seed demo alone.
-- Runs any number of times; rows that exist are left as they are.

insert into public.accounts (id, name, currency, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', 'Harbour & Vine', 'USD', '2025-06-02 14:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', 'Tres Soles', 'USD', '2025-07-14 17:00+00'),
    ('a0000000-0000-7000-8000-00000000000c', 'Maison Lumen', 'EUR', '2025-09-01 08:00+00')
on conflict do nothing;

insert into public.locations (account_id, id, name, timezone, address, city, phone, cuisine, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a1', 'Harbour & Vine Seaport', 'America/New_York', '12 Wharf Street', 'Boston', '+1 617-555-0101', 'Seafood', '2025-06-02 14:00+00'),
    ('a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a2', 'Harbour & Vine Market', 'America/New_York', '88 Market Row', 'Boston', '+1 617-555-0102', 'Seafood', '2025-06-02 14:00+00'),
    ('a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a3', 'Harbour & Vine Providence', 'America/New_York', '5 Canal Walk', 'Providence', '+1 401-555-0103', 'Seafood', '2025-06-02 14:00+00'),
    ('a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a4', 'Harbour & Vine Brooklyn', 'America/New_York', '140 Bridge Lane', 'New York', '+1 718-555-0104', 'Wine bar', '2025-06-02 14:00+00'),
    ('a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a5', 'Harbour & Vine Pier', 'America/New_York', '1 Pier Seven', 'Portland', '+1 207-555-0105', 'Seafood', '2025-06-02 14:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '10c00000-0000-7000-8000-0000000000b1', 'Tres Soles Mission', 'America/Los_Angeles', '300 Valencia Court', 'San Francisco', '+1 415-555-0111', 'Mexican', '2025-07-14 17:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '10c00000-0000-7000-8000-0000000000b2', 'Tres Soles Oakland', 'America/Los_Angeles', '21 Lake Street', 'Oakland', '+1 510-555-0112', 'Mexican', '2025-07-14 17:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '10c00000-0000-7000-8000-0000000000b3', 'Tres Soles San José', 'America/Los_Angeles', '77 Almaden Way', 'San Jose', '+1 408-555-0113', 'Mexican', '2025-07-14 17:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '10c00000-0000-7000-8000-0000000000b4', 'Tres Soles Phoenix', 'America/Phoenix', '9 Desert Avenue', 'Phoenix', '+1 602-555-0114', 'Mexican', '2025-07-14 17:00+00'),
    ('a0000000-0000-7000-8000-00000000000c', '10c00000-0000-7000-8000-0000000000c1', 'Maison Lumen Marais', 'Europe/Paris', '14 rue des Lampes', 'Paris', '+33 1 99 00 01 21', 'French', '2025-09-01 08:00+00'),
    ('a0000000-0000-7000-8000-00000000000c', '10c00000-0000-7000-8000-0000000000c2', 'Maison Lumen Lyon', 'Europe/Paris', '3 quai du Phare', 'Lyon', '+33 4 99 00 01 22', 'French', '2025-09-01 08:00+00'),
    ('a0000000-0000-7000-8000-00000000000c', '10c00000-0000-7000-8000-0000000000c3', 'Maison Lumen Lisboa', 'Europe/Lisbon', '8 Rua da Luz', 'Lisbon', '+351 21 990 0123', 'French', '2025-09-01 08:00+00')
on conflict do nothing;

insert into public.users (id, email, full_name, role, is_active, created_at) values
    ('05e00000-0000-7000-8000-000000000001', 'admin@certus.example', 'Admin', 'admin', true, '2025-06-01 09:00+00'),
    ('05e00000-0000-7000-8000-000000000002', 'manager@certus.example', 'Account Manager', 'account_manager', true, '2025-06-01 09:00+00'),
    ('05e00000-0000-7000-8000-000000000003', 'operator@certus.example', 'Operator', 'operator', true, '2025-06-01 09:00+00'),
    ('05e00000-0000-7000-8000-000000000004', 'operator.west@certus.example', 'Operator West', 'operator', true, '2025-07-14 17:00+00'),
    ('05e00000-0000-7000-8000-000000000005', 'manager.lyon@certus.example', 'Manager Lyon', 'account_manager', true, '2025-09-01 08:00+00'),
    ('05e00000-0000-7000-8000-000000000006', 'admin.harbour@certus.example', 'Admin Harbour', 'admin', true, '2025-06-02 14:00+00'),
    ('05e00000-0000-7000-8000-000000000007', 'operator.pier@certus.example', 'Operator Pier', 'operator', true, '2025-06-02 14:00+00'),
    ('05e00000-0000-7000-8000-000000000008', 'newcomer@certus.example', 'Newcomer', 'operator', true, '2025-10-01 09:00+00'),
    ('05e00000-0000-7000-8000-000000000009', 'former@certus.example', 'Former Operator', 'operator', false, '2025-06-02 14:00+00')
on conflict do nothing;

-- admin: everything; manager: two accounts; operator: two locations of one account; newcomer: nothing yet.
insert into public.user_access (id, user_id, account_id, location_id, created_at) values
    ('acce5500-0000-7000-8000-000000000001', '05e00000-0000-7000-8000-000000000001', null, null, '2025-06-01 09:00+00'),
    ('acce5500-0000-7000-8000-000000000002', '05e00000-0000-7000-8000-000000000002', 'a0000000-0000-7000-8000-00000000000a', null, '2025-06-02 14:00+00'),
    ('acce5500-0000-7000-8000-000000000003', '05e00000-0000-7000-8000-000000000002', 'a0000000-0000-7000-8000-00000000000b', null, '2025-07-14 17:00+00'),
    ('acce5500-0000-7000-8000-000000000004', '05e00000-0000-7000-8000-000000000003', 'a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a1', '2025-06-02 14:00+00'),
    ('acce5500-0000-7000-8000-000000000005', '05e00000-0000-7000-8000-000000000003', 'a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a2', '2025-06-02 14:00+00'),
    ('acce5500-0000-7000-8000-000000000006', '05e00000-0000-7000-8000-000000000004', 'a0000000-0000-7000-8000-00000000000b', null, '2025-07-14 17:00+00'),
    ('acce5500-0000-7000-8000-000000000007', '05e00000-0000-7000-8000-000000000005', 'a0000000-0000-7000-8000-00000000000c', '10c00000-0000-7000-8000-0000000000c2', '2025-09-01 08:00+00'),
    ('acce5500-0000-7000-8000-000000000008', '05e00000-0000-7000-8000-000000000006', 'a0000000-0000-7000-8000-00000000000a', null, '2025-06-02 14:00+00'),
    ('acce5500-0000-7000-8000-000000000009', '05e00000-0000-7000-8000-000000000007', 'a0000000-0000-7000-8000-00000000000a', '10c00000-0000-7000-8000-0000000000a5', '2025-06-02 14:00+00'),
    ('acce5500-0000-7000-8000-00000000000a', '05e00000-0000-7000-8000-000000000009', 'a0000000-0000-7000-8000-00000000000a', null, '2025-06-02 14:00+00')
on conflict do nothing;

insert into public.account_settings (account_id, id, avg_spend_per_head, baseline_handle_seconds) values
    ('a0000000-0000-7000-8000-00000000000a', 'ac5e7000-0000-7000-8000-00000000000a', 48.00, 210),
    ('a0000000-0000-7000-8000-00000000000b', 'ac5e7000-0000-7000-8000-00000000000b', 27.50, null),
    ('a0000000-0000-7000-8000-00000000000c', 'ac5e7000-0000-7000-8000-00000000000c', null, 180)
on conflict do nothing;

-- Every location has its row. Oakland is busy until tomorrow night; the Marais has no average, so its tables stay unvalued.
insert into public.location_settings (account_id, id, location_id, avg_spend_per_head, baseline_handle_seconds)
select l.account_id, ('10c5e700' || substr(l.id::text, 9))::uuid, l.id,
    case l.name when 'Harbour & Vine Brooklyn' then 62.00 when 'Maison Lumen Lyon' then 55.00 when 'Maison Lumen Lisboa' then 41.50 end,
    case l.name when 'Tres Soles Mission' then 150 end
from public.locations l
where l.id::text like '10c00000-0000-7000-8000-0000000000%'
on conflict do nothing;

-- Restaurants of the demo: lunch and dinner, closed on Mondays, Fridays and Saturdays past midnight.
insert into public.location_hours (account_id, id, location_id, weekday, opens_at, closes_at)
select l.account_id,
    ('40000000-0000-7000-8' || case part when 'lunch' then '1' else '2' end || lpad(day::text, 2, '0') || '-' || right(l.id::text, 12))::uuid,
    l.id, day,
    case part when 'lunch' then time '11:30' else time '17:00' end,
    case when part = 'lunch' then time '14:30' when day in (5, 6) then time '00:30' else time '22:30' end
from public.locations l
cross join generate_series(2, 7) day
cross join (values ('lunch'), ('dinner')) parts (part)
where l.id::text like '10c00000-0000-7000-8000-0000000000%' and l.id <> '10c00000-0000-7000-8000-0000000000a5'
on conflict do nothing;

insert into public.location_hours_exceptions (account_id, id, location_id, exception_date, is_closed, opens_at, closes_at, reason) values
    ('a0000000-0000-7000-8000-00000000000a', 'e7c00000-0000-7000-8000-000000000001', '10c00000-0000-7000-8000-0000000000a1', '2026-12-25', true, null, null, 'Christmas Day'),
    ('a0000000-0000-7000-8000-00000000000a', 'e7c00000-0000-7000-8000-000000000002', '10c00000-0000-7000-8000-0000000000a1', '2026-12-31', false, '17:00', '02:00', 'New Year''s Eve'),
    ('a0000000-0000-7000-8000-00000000000b', 'e7c00000-0000-7000-8000-000000000003', '10c00000-0000-7000-8000-0000000000b1', '2026-12-25', true, null, null, 'Christmas Day'),
    ('a0000000-0000-7000-8000-00000000000c', 'e7c00000-0000-7000-8000-000000000004', '10c00000-0000-7000-8000-0000000000c2', '2026-07-14', true, null, null, 'Fête nationale')
on conflict do nothing;

insert into public.settings (org_id, id, location_id, key, value) values
    ('a0000000-0000-7000-8000-00000000000a', '5e770000-0000-7000-8000-000000000001', null, 'ai_voice', '{"voice": "marina", "language": "en-US", "speed": 1.0, "greeting": "Harbour and Vine, how can I help?"}'),
    ('a0000000-0000-7000-8000-00000000000a', '5e770000-0000-7000-8000-000000000002', '10c00000-0000-7000-8000-0000000000a1', 'ai_voice', '{"voice": "marina", "language": "en-US", "speed": 1.05, "greeting": "Harbour and Vine at the Seaport, how can I help?"}'),
    ('a0000000-0000-7000-8000-00000000000a', '5e770000-0000-7000-8000-000000000003', null, 'routing', '{"overflow": "voicemail"}'),
    ('a0000000-0000-7000-8000-00000000000b', '5e770000-0000-7000-8000-000000000004', null, 'ai_voice', '{"voice": "sol", "language": "en-US", "speed": 1.0}'),
    ('a0000000-0000-7000-8000-00000000000c', '5e770000-0000-7000-8000-000000000005', '10c00000-0000-7000-8000-0000000000c2', 'ai_voice', '{"voice": "lucie", "language": "fr-FR", "speed": 0.95}')
on conflict do nothing;

insert into public.knowledge_update_requests (org_id, id, requested_by_user_id, payload, status, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', '4e000000-0000-7000-8000-000000000001', '05e00000-0000-7000-8000-000000000002', '{"title": "Winter menu", "text": "Chowder is back from Monday."}', 'pending', '2026-01-12 15:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '4e000000-0000-7000-8000-000000000002', '05e00000-0000-7000-8000-000000000002', '{"title": "Parking", "text": "The lot on Valencia is closed."}', 'done', '2026-01-10 18:00+00'),
    ('a0000000-0000-7000-8000-00000000000c', '4e000000-0000-7000-8000-000000000003', '05e00000-0000-7000-8000-000000000005', '{"title": "Terrace", "text": "The terrace is heated."}', 'pending', '2026-01-11 10:00+00')
on conflict do nothing;

insert into public.api_keys (account_id, id, label, key_hint, scopes, created_by, created_at, expires_at, revoked_at) values
    ('a0000000-0000-7000-8000-00000000000a', 'a9140000-0000-7000-8000-000000000001', 'Point of sale', 'x7Qd', '{orders:write}', '05e00000-0000-7000-8000-000000000001', '2025-11-03 10:00+00', null, null),
    ('a0000000-0000-7000-8000-00000000000b', 'a9140000-0000-7000-8000-000000000002', 'Website', 'p2Lm', '{reservations:read}', '05e00000-0000-7000-8000-000000000001', '2025-11-03 10:00+00', '2027-11-03 10:00+00', null),
    ('a0000000-0000-7000-8000-00000000000c', 'a9140000-0000-7000-8000-000000000003', 'Old website', 'k9Rt', '{reservations:read}', '05e00000-0000-7000-8000-000000000001', '2025-10-01 10:00+00', null, '2025-12-01 10:00+00')
on conflict do nothing;

insert into public.call_logs (account_id, id, location_id, provider, provider_call_id, provider_status, end_reason, intent, direction,
    from_number, to_number, started_at, answered_at, ended_at, summary_md, transcript_md, recording_url, created_at)
select c.account_id::uuid, ('ca110000-0000-7000-8000-' || c.n)::uuid, ('10c00000-0000-7000-8000-0000000000' || c.place)::uuid,
    c.provider, 'seed-' || c.n, c.provider_status, c.end_reason, c.intent, c.direction,
    case c.direction when 'inbound' then c.guest else '+1 617-555-0101' end, case c.direction when 'inbound' then '+1 617-555-0101' else c.guest end,
    c.started_at::timestamptz, case when c.talked then c.started_at::timestamptz + interval '4 seconds' end,
    case when c.seconds is not null then c.started_at::timestamptz + make_interval(secs => c.seconds + case when c.talked then 4 else 0 end) end,
    c.summary, c.transcript, c.recording, c.started_at::timestamptz
from (values
    ('a0000000-0000-7000-8000-00000000000a', '000000000001', 'a1', 'retell', 'ended', 'user_hangup', 'order', 'inbound', '+1 617-555-0142', '2026-01-14 17:05:10+00', true, 164,
        'Guest ordered two chowders and a lobster roll for **pick-up at 12:40**.', E'caller: Hi, can I place an order for pick-up?\nagent: Of course. What would you like?\ncaller: Two chowders and one lobster roll, please.\nagent: That is fifty-six dollars before tax, ready at twelve forty.\ncaller: Great, thank you.', '/recordings/demo-1.wav'),
    ('a0000000-0000-7000-8000-00000000000a', '000000000002', 'a1', 'retell', 'ended', 'agent_hangup', 'reservation', 'inbound', '+1 617-555-0143', '2026-01-14 22:31:00+00', true, 95,
        'Table for four on Friday at seven.', E'caller: Do you have a table for four on Friday?\nagent: Yes, at seven or at eight thirty.\ncaller: Seven, please.', null),
    ('a0000000-0000-7000-8000-00000000000a', '000000000003', 'a1', 'retell', 'ended', 'dial_no_answer', null, 'inbound', '+1 617-555-0144', '2026-01-14 23:02:00+00', false, 18, null, null, null),
    ('a0000000-0000-7000-8000-00000000000a', '000000000004', 'a2', 'vapi', 'ended', 'call.forwarding.operator-busy', 'general', 'inbound', '+1 617-555-0145', '2026-01-15 17:20:00+00', true, 41, 'Asked for a manager; the line was busy.', E'caller: Can I speak to someone?\nagent: I will put you through.', null),
    ('a0000000-0000-7000-8000-00000000000a', '000000000005', 'a2', 'vapi', 'ended', 'customer-ended-call', 'order', 'inbound', '+1 617-555-0146', '2026-01-15 18:00:00+00', true, 320, 'Wanted delivery, gave up at the address.', E'caller: Do you deliver?\nagent: Yes, where to?', null),
    ('a0000000-0000-7000-8000-00000000000a', '000000000006', 'a3', 'vapi', 'ended', 'voicemail', 'general', 'outbound', '+1 401-555-0147', '2026-01-15 19:00:00+00', false, 25, 'Left a message about the booking.', null, null),
    ('a0000000-0000-7000-8000-00000000000a', '000000000007', 'a3', 'vapi', 'ended', 'a-reason-nobody-knows', 'general', 'inbound', '+1 401-555-0148', '2026-01-15 20:00:00+00', true, 61, 'Asked about parking.', null, '/recordings/demo-2.wav'),
    ('a0000000-0000-7000-8000-00000000000a', '000000000008', 'a4', 'twilio', 'in-progress', null, null, 'inbound', '+1 718-555-0149', '2026-01-15 21:00:00+00', true, null, null, null, null),
    ('a0000000-0000-7000-8000-00000000000b', '000000000011', 'b1', 'retell', 'ended', 'user_hangup', 'order', 'inbound', '+1 415-555-0151', '2026-01-14 20:10:00+00', true, 201, 'Tacos for six, delivered.', E'caller: I would like to order for delivery.\nagent: Gladly.', null),
    ('a0000000-0000-7000-8000-00000000000b', '000000000012', 'b1', 'retell', 'ended', 'error_llm_websocket_open', null, 'inbound', '+1 415-555-0152', '2026-01-15 03:10:00+00', false, 2, null, null, null),
    ('a0000000-0000-7000-8000-00000000000b', '000000000013', 'b4', 'retell', 'ended', 'call_transfer', 'catering', 'inbound', '+1 602-555-0153', '2026-01-15 19:40:00+00', true, 130, 'Catering for forty, handed to the events desk.', E'caller: We are forty people.\nagent: Let me put you through.', null),
    ('a0000000-0000-7000-8000-00000000000c', '000000000021', 'c1', 'retell', 'ended', 'user_hangup', 'reservation', 'inbound', '+33 1 99 00 01 61', '2026-01-14 17:45:00+00', true, 88, 'Deux couverts jeudi soir.', E'caller: Bonsoir, une table pour deux jeudi ?\nagent: Avec plaisir, à vingt heures ?', null),
    ('a0000000-0000-7000-8000-00000000000c', '000000000022', 'c2', 'retell', 'ended', 'user_hangup', 'reservation', 'inbound', '+33 4 99 00 01 62', '2026-01-14 23:30:00+00', true, 72, 'Six couverts samedi.', E'caller: Six personnes samedi.\nagent: C''est noté.', null),
    ('a0000000-0000-7000-8000-00000000000c', '000000000023', 'c2', 'twilio', 'canceled', null, null, 'inbound', '+33 4 99 00 01 63', '2026-01-15 11:30:00+00', false, 6, null, null, null)
) c (account_id, n, place, provider, provider_status, end_reason, intent, direction, guest, started_at, talked, seconds, summary, transcript, recording)
on conflict do nothing;

insert into public.order_logs (account_id, id, location_id, call_id, status, fulfillment_type, subtotal_amount, tax_amount,
    service_charge_amount, delivery_amount, total_amount, items, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', '0dde0000-0000-7000-8000-000000000001', '10c00000-0000-7000-8000-0000000000a1', 'ca110000-0000-7000-8000-000000000001', 'completed', 'pickup', 56.00, 3.92, 0, 0, 59.92,
        '[{"name": "Clam chowder", "quantity": 2, "unit_amount": 14.00}, {"name": "Lobster roll", "quantity": 1, "unit_amount": 28.00, "notes": "no mayonnaise"}]', '2026-01-14 17:07:30+00'),
    ('a0000000-0000-7000-8000-00000000000a', '0dde0000-0000-7000-8000-000000000002', '10c00000-0000-7000-8000-0000000000a3', 'ca110000-0000-7000-8000-000000000007', 'canceled', 'pickup', 20.00, 1.40, 0, 0, 21.40,
        '[{"name": "Fish tacos", "quantity": 2, "unit_amount": 10.00}]', '2026-01-15 20:01:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '0dde0000-0000-7000-8000-000000000003', '10c00000-0000-7000-8000-0000000000b1', 'ca110000-0000-7000-8000-000000000011', 'confirmed', 'delivery', 72.00, 6.48, 5.00, 4.50, 90.98,
        '[{"name": "Tacos al pastor", "quantity": 18, "unit_amount": 4.00}]', '2026-01-14 20:13:00+00')
on conflict do nothing;

insert into public.order_updates (account_id, id, location_id, order_id, status, message, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', '0d0b0000-0000-7000-8000-000000000001', '10c00000-0000-7000-8000-0000000000a1', '0dde0000-0000-7000-8000-000000000001', 'preparing', 'Sent to the kitchen', '2026-01-14 17:08:00+00'),
    ('a0000000-0000-7000-8000-00000000000a', '0d0b0000-0000-7000-8000-000000000002', '10c00000-0000-7000-8000-0000000000a1', '0dde0000-0000-7000-8000-000000000001', 'completed', 'Picked up', '2026-01-14 17:44:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '0d0b0000-0000-7000-8000-000000000003', '10c00000-0000-7000-8000-0000000000b1', '0dde0000-0000-7000-8000-000000000003', 'confirmed', null, '2026-01-14 20:14:00+00')
on conflict do nothing;

insert into public.upsells (account_id, id, location_id, order_id, item_name, amount, accepted, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', '0b5e1100-0000-7000-8000-000000000001', '10c00000-0000-7000-8000-0000000000a1', '0dde0000-0000-7000-8000-000000000001', 'Lobster roll', 28.00, true, '2026-01-14 17:06:40+00'),
    ('a0000000-0000-7000-8000-00000000000b', '0b5e1100-0000-7000-8000-000000000002', '10c00000-0000-7000-8000-0000000000b1', '0dde0000-0000-7000-8000-000000000003', 'Churros', 8.00, false, '2026-01-14 20:12:00+00')
on conflict do nothing;

insert into public.reservations (account_id, id, location_id, call_id, reservation_datetime, reservation_date, reservation_time,
    guest_name, guest_phone, guest_count, avg_spend_per_head_override, special_requests, status, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', '7ab10000-0000-7000-8000-000000000001', '10c00000-0000-7000-8000-0000000000a1', 'ca110000-0000-7000-8000-000000000002', null, '2026-01-16', '19:00', 'Guest of four', '+1 617-555-0143', 4, null, 'Window table', 'completed', '2026-01-14 22:32:20+00'),
    ('a0000000-0000-7000-8000-00000000000b', '7ab10000-0000-7000-8000-000000000002', '10c00000-0000-7000-8000-0000000000b4', 'ca110000-0000-7000-8000-000000000013', '2026-02-01 01:00+00', null, null, 'Party of forty', '+1 602-555-0153', 40, 35.00, null, 'requested', '2026-01-15 19:41:00+00'),
    ('a0000000-0000-7000-8000-00000000000c', '7ab10000-0000-7000-8000-000000000003', '10c00000-0000-7000-8000-0000000000c1', 'ca110000-0000-7000-8000-000000000021', null, '2026-01-15', '20:00', 'Guest of two', '+33 1 99 00 01 61', 2, null, null, 'confirmed', '2026-01-14 17:46:10+00'),
    ('a0000000-0000-7000-8000-00000000000c', '7ab10000-0000-7000-8000-000000000004', '10c00000-0000-7000-8000-0000000000c2', 'ca110000-0000-7000-8000-000000000022', null, '2026-01-17', '19:30', 'Guest of six', '+33 4 99 00 01 62', 6, null, null, 'canceled', '2026-01-14 23:31:00+00')
on conflict do nothing;

insert into public.internal_notes (account_id, id, call_id, author_user_id, note_md, mentions, created_at) values
    ('a0000000-0000-7000-8000-00000000000a', '007e0000-0000-7000-8000-000000000001', 'ca110000-0000-7000-8000-000000000001', '05e00000-0000-7000-8000-000000000003', 'Called back: the order was **right**, the bag was swapped. @Account Manager please credit.', '{05e00000-0000-7000-8000-000000000002}', '2026-01-14 18:20:00+00'),
    ('a0000000-0000-7000-8000-00000000000a', '007e0000-0000-7000-8000-000000000002', 'ca110000-0000-7000-8000-000000000001', '05e00000-0000-7000-8000-000000000002', 'Credited.', '{}', '2026-01-14 19:05:00+00'),
    ('a0000000-0000-7000-8000-00000000000a', '007e0000-0000-7000-8000-000000000003', 'ca110000-0000-7000-8000-000000000007', '05e00000-0000-7000-8000-000000000002', 'Provider sent a reason we do not know.', '{}', '2026-01-15 20:30:00+00'),
    ('a0000000-0000-7000-8000-00000000000b', '007e0000-0000-7000-8000-000000000004', 'ca110000-0000-7000-8000-000000000011', '05e00000-0000-7000-8000-000000000004', 'Driver was late.', '{}', '2026-01-14 21:00:00+00'),
    ('a0000000-0000-7000-8000-00000000000c', '007e0000-0000-7000-8000-000000000005', 'ca110000-0000-7000-8000-000000000022', '05e00000-0000-7000-8000-000000000005', 'Annulé par téléphone.', '{}', '2026-01-15 09:00:00+00')
on conflict do nothing;
