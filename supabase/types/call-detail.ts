// One call with everything that belongs to it, as the drawer shows it: the columns to ask for, and what they become.
import type { Database, Json } from "./database.types";
import { parseTranscript, type Turn } from "./transcripts";

type Views = Database["public"]["Views"];
type Tables = Database["public"]["Tables"];

export interface OrderItem {
  name: string;
  quantity: number | null;
  unit_amount: number | null;
  notes: string | null;
}

/** An order; updates and upsells in order of time, money in `currency`. */
export interface OrderDetail {
  id: string;
  status: string;
  fulfillment_type: string;
  currency: string;
  subtotal: number;
  tax: number;
  service_charge: number;
  delivery: number;
  total: number;
  created_at: string;
  items: OrderItem[];
  updates: Pick<Tables["order_updates"]["Row"], "status" | "message" | "created_at">[];
  upsells: Pick<Tables["upsells"]["Row"], "item_name" | "amount" | "accepted">[];
}

/** A reservation. Without a time of day `reservation_at` is null; the date may still be known. */
export interface ReservationDetail {
  id: string;
  status: string;
  reservation_at: string | null;
  reservation_date: string | null;
  guest_name: string | null;
  guest_count: number | null;
  guest_phone_masked: string | null;
  special_requests: string | null;
  currency: string;
  estimated_revenue: number | null;
  /** The average spend a head that the estimate rests on, and whose it is. */
  average: number | null;
  average_from: "reservation" | "location" | "account" | null;
  created_at: string;
}

/** A note of the staff; `updated_at` is null while it stands as written. */
export interface NoteDetail {
  id: string;
  author_user_id: string;
  author_name: string;
  note_md: string;
  mentions: { user_id: string; full_name: string }[];
  created_at: string;
  updated_at: string | null;
  timezone: string;
}

/** A call with its transcript in turns, its orders, reservations and notes, each in order of time. */
export interface CallDetail {
  id: string;
  account_id: string;
  account_name: string;
  currency: string;
  location_id: string;
  location_name: string;
  timezone: string;
  status: string;
  call_type: string;
  direction: string;
  duration_seconds: number | null;
  caller_masked: string | null;
  caller_digits: string | null;
  started_at: string;
  answered_at: string | null;
  ended_at: string | null;
  local_date: string;
  summary_md: string | null;
  recording_url: string | null;
  review_reasons: string[];
  provider: string;
  provider_status: string | null;
  provider_call_id: string;
  end_reason: string | null;
  intent: string | null;
  turns: Turn[];
  orders: OrderDetail[];
  reservations: ReservationDetail[];
  notes: NoteDetail[];
}

// The foreign keys carry the embedding. The averages tell where an estimate comes from.
const COLUMNS =
  "id, account_id, location_id, location_name, timezone, status, call_type, direction, duration_seconds, caller_masked, caller_digits, started_at, answered_at, ended_at, local_date, summary_md, recording_url, review_reasons, provider, provider_status, provider_call_id, end_reason, intent";
const PLACE =
  "locations(location_settings(avg_spend_per_head), accounts(name, currency, account_settings(avg_spend_per_head)))";
const ORDERS = "orders_v(*, order_updates(status, message, created_at), upsells(item_name, amount, accepted))";
export const CALL_DETAIL =
  `${COLUMNS}, transcript_md, ${PLACE}, ${ORDERS}, reservations_v(*), internal_notes_v(*)` as const;

/** What stands within a call, each to be given in order of time. */
export const EMBEDDED = ["orders_v", "orders_v.order_updates", "orders_v.upsells", "reservations_v", "internal_notes_v"];

type Average = { avg_spend_per_head: number | null } | null;

type Plain = keyof CallDetail & keyof Views["calls_v"]["Row"];

/** What PostgREST gives for CALL_DETAIL. */
export interface CallDetailRow extends Pick<Views["calls_v"]["Row"], Plain | "transcript_md"> {
  locations: {
    location_settings: Average;
    accounts: (Pick<Tables["accounts"]["Row"], "name" | "currency"> & { account_settings: Average }) | null;
  } | null;
  orders_v: (Views["orders_v"]["Row"] & { order_updates: OrderDetail["updates"]; upsells: OrderDetail["upsells"] })[];
  reservations_v: Views["reservations_v"]["Row"][];
  internal_notes_v: Views["internal_notes_v"]["Row"][];
}

/** A call from its row: whatever is missing in what the platform writes without a check becomes null. */
export function readCallDetail(row: CallDetailRow): CallDetail {
  const { transcript_md, locations, orders_v, reservations_v, internal_notes_v, ...columns } = row;
  const account = locations?.accounts;
  const averages = {
    location: locations?.location_settings?.avg_spend_per_head ?? null,
    account: account?.account_settings?.avg_spend_per_head ?? null,
  };
  return {
    ...(columns as Pick<CallDetail, Plain>),
    account_name: account?.name as string,
    currency: account?.currency as string,
    turns: parseTranscript(transcript_md),
    orders: orders_v.map(readOrder),
    reservations: reservations_v.map((reservation) => readReservation(reservation, averages)),
    notes: internal_notes_v.map(readNote),
  };
}

function readOrder(row: CallDetailRow["orders_v"][number]): OrderDetail {
  return {
    ...known(row, "id", "status", "fulfillment_type", "currency", "created_at"),
    subtotal: row.subtotal_amount as number,
    tax: row.tax_amount as number,
    service_charge: row.service_charge_amount as number,
    delivery: row.delivery_amount as number,
    total: row.total_amount as number,
    items: (Array.isArray(row.items) ? row.items : []).map(readItem),
    updates: row.order_updates,
    upsells: row.upsells,
  };
}

function readItem(item: Json): OrderItem {
  if (item === null || typeof item !== "object" || Array.isArray(item)) {
    return { name: typeof item === "string" ? item : JSON.stringify(item), quantity: null, unit_amount: null, notes: null };
  }
  return {
    name: String(item["name"] || "Unnamed item"),
    quantity: number(item["quantity"]),
    unit_amount: number(item["unit_amount"]),
    notes: item["notes"] ? String(item["notes"]) : null,
  };
}

/** Words such as "2" are no number to calls_v either, which then says that the total differs. */
function number(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function readReservation(
  row: Views["reservations_v"]["Row"],
  averages: { location: number | null; account: number | null },
): ReservationDetail {
  const candidates = [
    ["reservation", row.avg_spend_per_head_override],
    ["location", averages.location],
    ["account", averages.account],
  ] as const;
  const [average_from, average] = candidates.find(([, amount]) => amount !== null) ?? [null, null];
  const { reservation_at, reservation_date, guest_name, guest_count, guest_phone_masked, special_requests } = row;
  return {
    ...known(row, "id", "status", "currency", "created_at"),
    reservation_at,
    reservation_date,
    guest_name,
    guest_count,
    guest_phone_masked,
    special_requests,
    estimated_revenue: row.estimated_revenue,
    average,
    average_from,
  };
}

function readNote(row: Views["internal_notes_v"]["Row"]): NoteDetail {
  const names = row.mention_names ?? [];
  return {
    ...known(row, "id", "author_user_id", "note_md", "created_at", "timezone"),
    author_name: row.author_name || "Somebody who has left",
    updated_at: row.updated_at,
    mentions: (row.mentions ?? []).flatMap((user_id, place) => {
      const full_name = names[place];
      return full_name ? [{ user_id, full_name }] : [];
    }),
  };
}

/** Columns of a view that the contract never leaves null; the catalogue cannot say so of a view. */
function known<Row extends object, Key extends keyof Row>(row: Row, ...keys: Key[]): { [K in Key]: NonNullable<Row[K]> } {
  return Object.fromEntries(keys.map((key) => [key, row[key]])) as { [K in Key]: NonNullable<Row[K]> };
}
