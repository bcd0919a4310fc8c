export function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The fields of answers and problems that tests read. */
export interface Answer {
  readonly id: string;
  readonly status: string;
  readonly code: string;
  readonly detail: string;
  readonly links: Readonly<Record<string, string>>;
  readonly errors: readonly { readonly field: string; readonly code: string }[];
  readonly done: object;
}

export async function answerOf(response: Response): Promise<Answer> {
  return JSON.parse(await response.text());
}
