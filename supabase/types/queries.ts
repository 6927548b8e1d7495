// The typed query helpers over supabase-js: twins of certus_admin/queries, with the same names, shapes and answers.
// Policies decide what comes back: a place out of reach gives nothing, exactly as one that does not exist.
import type { SupabaseClient } from "@supabase/supabase-js";
import { CALL_DETAIL, EMBEDDED, readCallDetail, type CallDetail } from "./call-detail";
import type { Database } from "./database.types";

export type { CallDetail } from "./call-detail";

type Views = Database["public"]["Views"];
/** Columns of a view of which the contract says that they are never null; the catalogue cannot say it of a view. */
type Known<View extends keyof Views, Columns extends keyof Views[View]["Row"]> = {
  [Column in Columns]: NonNullable<Views[View]["Row"][Column]>;
};

/** One local date at one location. Money is in `currency`; docs/prd.md defines the numbers. */
export type DailyRow = Known<
  "metrics_daily_v",
  | "account_id" | "location_id" | "date" | "currency" | "total_calls" | "answered_calls" | "missed_calls"
  | "transferred_calls" | "talk_seconds" | "minutes_saved" | "orders_count" | "total_revenue_orders"
  | "reservations_count" | "reservations_valued" | "order_calls" | "reservation_calls" | "catering_calls"
  | "general_calls" | "other_calls"
> &
  Pick<Views["metrics_daily_v"]["Row"], "total_revenue_res_estimate">;

/** A call as lists show it: times in UTC, `timezone` the location's, `excerpt` the summary's beginning in Markdown. */
export type CallRow = Known<
  "calls_v",
  | "id" | "account_id" | "location_id" | "location_name" | "timezone" | "started_at" | "local_date" | "direction"
  | "call_type" | "status" | "has_order" | "has_reservation" | "review_reasons"
> &
  Pick<Views["calls_v"]["Row"], "caller_masked" | "duration_seconds"> & { excerpt: string | null };

export interface PeriodOptions {
  /** Local dates at each location, both included: `2026-11-01`. */
  from: string;
  to: string;
  accountId?: string;
  locationId?: string;
}

/** What of the calls is asked for; every field left out means any. */
export interface CallFilters extends Partial<PeriodOptions> {
  statuses?: readonly string[];
  callTypes?: readonly string[];
  /** `under_30s`, `30s_to_2m`, `2m_to_5m` or `over_5m`. */
  duration?: string;
  direction?: "inbound" | "outbound";
  hasOrder?: boolean;
  hasReservation?: boolean;
  needsReview?: boolean;
  /** The last two to four digits of the guest's number. */
  digits?: string;
}

/** The position of a row: the next page begins behind it. */
export interface Cursor {
  at: string;
  id: string;
}

export interface Page<Row> {
  rows: Row[];
  /** The cursors of the pages beside this one, null where there is none. */
  newer: Cursor | null;
  older: Cursor | null;
}

export interface PageOptions extends CallFilters {
  older?: Cursor;
  newer?: Cursor;
  /** At most 500. */
  size?: number;
}

/** What PostgREST refused, in its own words; `code` is the SQLSTATE or PostgREST's. */
export class QueryError extends Error {
  override readonly name = "QueryError";

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;
const EXCERPT = 240;
// A local date begins up to 14 hours before the same date in UTC and ends up to 12 after it.
const AHEAD_HOURS = 14;
const BEHIND_HOURS = 12;
// As many rows as Supabase gives at once, unless the project's settings say otherwise.
const BATCH = 1000;

const DAILY =
  "account_id, location_id, date, total_calls, answered_calls, missed_calls, transferred_calls, talk_seconds, minutes_saved, orders_count, total_revenue_orders, reservations_count, reservations_valued, total_revenue_res_estimate, order_calls, reservation_calls, catering_calls, general_calls, other_calls, currency";
const CALL =
  "id, account_id, location_id, location_name, timezone, started_at, local_date, caller_masked, direction, call_type, status, duration_seconds, summary_md, has_order, has_reservation, review_reasons";

/** The helpers for one signed-in client: `const { listCalls } = queriesOver(supabase)`. */
export function queriesOver(supabase: SupabaseClient<Database>) {
  /** Every (location, local date) of a period on which something happened, oldest first; a request a thousand. */
  async function getMetricsDaily(options: PeriodOptions): Promise<DailyRow[]> {
    const rows: DailyRow[] = [];
    for (;;) {
      let query = supabase.from("metrics_daily_v").select(DAILY, { count: "exact" });
      query = query.gte("date", options.from).lte("date", options.to);
      if (options.accountId) query = query.eq("account_id", options.accountId);
      if (options.locationId) query = query.eq("location_id", options.locationId);
      query = query.order("date").order("account_id").order("location_id");
      const answer = await query.range(rows.length, rows.length + BATCH - 1);
      const batch = given(answer) as DailyRow[];
      rows.push(...batch);
      // A project may give fewer rows at once than were asked for: the count says when all are there.
      if (batch.length === 0 || rows.length >= (answer.count ?? 0)) return rows;
    }
  }

  /** A page of calls, newest first, with the cursors of the pages beside it; one request. */
  async function listCalls(options: PageOptions = {}): Promise<Page<CallRow>> {
    const { older, newer, size = PAGE_SIZE } = options;
    if (older && newer) throw new RangeError("A page lies on one side of a cursor.");
    if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE) throw new RangeError("A page has 1 to 500 rows.");
    let query = filtered(supabase.from("calls_v").select(CALL), options);
    const cursor = newer ?? older;
    if (cursor) query = beyond(query, cursor, newer !== undefined);
    const ascending = newer !== undefined;
    query = query.order("started_at", { ascending }).order("id", { ascending }).limit(size + 1);
    const found = given(await query.overrideTypes<CallColumns[], { merge: false }>());
    const shown = found.slice(0, size);
    return pageOf(ascending ? shown.reverse() : shown, found.length > size, cursor !== undefined, ascending);
  }

  /** The newest calls, at most `limit`. */
  async function listRecentCalls(options: CallFilters & { limit?: number } = {}): Promise<CallRow[]> {
    const { limit = 10, ...filters } = options;
    return (await listCalls({ ...filters, size: limit })).rows;
  }

  /** One call with orders, reservations and notes, in one round trip; null when missing or out of reach. */
  async function getCallDetail(id: string): Promise<CallDetail | null> {
    let query = supabase.from("calls_v").select(CALL_DETAIL).eq("id", id);
    for (const referencedTable of EMBEDDED) {
      query = query.order("created_at", { referencedTable }).order("id", { referencedTable });
    }
    const found = given(await query.limit(1));
    return found[0] === undefined ? null : readCallDetail(found[0]);
  }

  return { getMetricsDaily, listCalls, listRecentCalls, getCallDetail };
}

type CallColumns = Omit<CallRow, "excerpt"> & { summary_md: string | null };

function given<Data>(answer: { data: Data; error: null } | { data: unknown; error: { message: string; code: string } }): Data {
  if (answer.error !== null) throw new QueryError(answer.error.message, answer.error.code);
  return answer.data as Data;
}

interface Filterable {
  eq(column: string, value: string | boolean): this;
  in(column: string, values: readonly string[]): this;
  gte(column: string, value: string): this;
  lte(column: string, value: string): this;
  lt(column: string, value: string): this;
  like(column: string, pattern: string): this;
  or(filters: string): this;
}

function filtered<Query extends Filterable>(query: Query, wanted: CallFilters): Query {
  const same: [string, string | boolean | undefined][] = [
    ["account_id", wanted.accountId],
    ["location_id", wanted.locationId],
    ["duration_bucket", wanted.duration],
    ["direction", wanted.direction],
    ["has_order", wanted.hasOrder],
    ["has_reservation", wanted.hasReservation],
    ["needs_review", wanted.needsReview],
  ];
  for (const [column, value] of same) if (value !== undefined) query = query.eq(column, value);
  if (wanted.statuses?.length) query = query.in("status", wanted.statuses);
  if (wanted.callTypes?.length) query = query.in("call_type", wanted.callTypes);
  // Exact by local date, and by the widest zones on the moment, which has the index.
  if (wanted.from) query = query.gte("local_date", wanted.from).gte("started_at", hoursFrom(wanted.from, -AHEAD_HOURS));
  if (wanted.to) query = query.lte("local_date", wanted.to).lt("started_at", hoursFrom(wanted.to, 24 + BEHIND_HOURS));
  if (wanted.digits) query = query.like("caller_digits", `%${wanted.digits.replace(/\D/g, "")}`);
  return query;
}

function beyond<Query extends Filterable>(query: Query, { at, id }: Cursor, newer: boolean): Query {
  const side = newer ? "gt" : "lt";
  const bounded = newer ? query.gte("started_at", at) : query.lte("started_at", at);
  return bounded.or(`started_at.${side}."${at}",and(started_at.eq."${at}",id.${side}."${id}")`);
}

function pageOf(rows: CallColumns[], more: boolean, fromCursor: boolean, newer: boolean): Page<CallRow> {
  const first = rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return { rows: [], newer: null, older: null };
  // The row that a cursor came from lies on the other side of it.
  const hasNewer = newer ? more : fromCursor;
  const hasOlder = newer ? true : more;
  return {
    rows: rows.map(({ summary_md, ...row }) => ({ ...row, excerpt: summary_md && beginning(summary_md) })),
    newer: hasNewer ? { at: first.started_at, id: first.id } : null,
    older: hasOlder ? { at: last.started_at, id: last.id } : null,
  };
}

function beginning(text: string): string {
  return Array.from(text).slice(0, EXCERPT).join("");
}

function hoursFrom(date: string, hours: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + hours * 3_600_000).toISOString();
}
