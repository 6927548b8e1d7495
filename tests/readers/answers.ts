// Answers the tests: one JSON line asks a helper of queries.ts in somebody's name, one line tells what it gave.
import { createInterface } from "node:readline";
import { createClient } from "@supabase/supabase-js";
import type { Database } from "../../supabase/types/database.types";
import { QueryError, queriesOver } from "../../supabase/types/queries";

type Helpers = ReturnType<typeof queriesOver>;
interface Question {
  helper: keyof Helpers;
  argument: unknown;
  token: string;
}

const url = process.env["POSTGREST_URL"] ?? "";
let requests = 0;

/** Supabase's gateway serves PostgREST under /rest/v1; here it stands at the root. */
const counted: typeof fetch = (address, options) => {
  requests += 1;
  return fetch(String(address).replace("/rest/v1", ""), options);
};

async function answer({ helper, argument, token }: Question): Promise<unknown> {
  const supabase = createClient<Database>(url, token, {
    accessToken: () => Promise.resolve(token),
    global: { fetch: counted },
  });
  const ask = queriesOver(supabase)[helper] as (argument: unknown) => Promise<unknown>;
  requests = 0;
  try {
    return { value: await ask(argument), requests };
  } catch (error) {
    if (error instanceof QueryError || error instanceof RangeError) {
      return { error: error.name, code: error instanceof QueryError ? error.code : null, message: error.message };
    }
    throw error;
  }
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Question))}\n`);
  }
}

void main();
