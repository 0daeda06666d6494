/** A server in a function: remembers what it was asked, gives the answers it was told to. */

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface FakeFetch {
  readonly fetcher: typeof fetch;
  readonly asked: readonly Asked[];
}

/** Answers in order; an Error is thrown, as an unreachable server does it. */
export function fakeFetch(...answers: readonly (Response | Error)[]): FakeFetch {
  const asked: Asked[] = [];
  const left = [...answers];
  const fetcher = ((input: string, init: RequestInit = {}) => {
    asked.push({
      url: input,
      method: init.method ?? "GET",
      headers: (init.headers ?? {}) as Record<string, string>,
      body: (init.body as string | null | undefined) ?? null,
    });
    const answer = left.shift();
    if (answer === undefined) return Promise.reject(new Error(`nothing left to answer ${input}`));
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }) as typeof fetch;
  return { fetcher, asked };
}

export function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), init);
}
