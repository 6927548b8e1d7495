// A transcript as the providers write it (one line a turn, `agent: ...`), taken apart into turns.

/** What one side said: `transcript` where the text names nobody. */
export interface Turn {
  speaker: "caller" | "agent" | "transcript";
  text: string;
}

// Retell, Vapi and our own loader name the two speakers differently; some set the name in bold.
const LINE = /^\s*(?:\*\*)?(caller|user|customer|agent|assistant|ai|bot)(?:\*\*)?\s*:(?:\*\*)?\s*(.*)$/is;
const AGENTS = new Set(["agent", "assistant", "ai", "bot"]);

/** The turns of a transcript, in order; a line without a speaker continues the one before it. */
export function parseTranscript(text: string | null): Turn[] {
  const turns: { speaker: Turn["speaker"]; lines: string[] }[] = [];
  for (const line of text?.trim() ? text.trim().split(/\r\n|\r|\n/) : []) {
    const [, name, words] = LINE.exec(line) ?? [];
    const current = turns.at(-1);
    if (name !== undefined && words !== undefined) {
      turns.push({ speaker: AGENTS.has(name.toLowerCase()) ? "agent" : "caller", lines: [words.trim()] });
    } else if (current) {
      current.lines.push(line.trimEnd());
    } else {
      turns.push({ speaker: "transcript", lines: [line.trimEnd()] });
    }
  }
  return turns.map(({ speaker, lines }) => ({ speaker, text: lines.join("\n").trim() }));
}
