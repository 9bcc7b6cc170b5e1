import type { components } from '../generated/schema'

type Problem = components['schemas']['Problem']

/** Something that did not work, with the server's words for it. */
export class Failure extends Error {
  private constructor(
    readonly code: string,
    readonly status: number,
    readonly title?: string,
    readonly detail?: string,
    readonly request?: string,
    readonly fields: { field: string; message: string }[] = [],
    /** Seconds until it is worth trying again, if the server said. */
    readonly wait?: number,
  ) {
    super(code)
  }

  /** What an answer says is wrong. One that says nothing came from something before the server. */
  static async of(response: Response): Promise<Failure> {
    const request = response.headers.get('X-Request-ID') ?? undefined
    const wait = Number(response.headers.get('Retry-After')) || undefined
    const problem = await response
      .json()
      .then((body: Partial<Problem>) => body)
      .catch(() => ({}) as Partial<Problem>)
    return new Failure(
      problem.code ?? 'unreadable',
      response.status,
      problem.title,
      problem.detail,
      request,
      problem.errors ?? [],
      wait,
    )
  }

  /** The server was not reached. */
  static offline(): Failure {
    return new Failure('offline', 0)
  }

  /** What is wrong with a field, if that is what is wrong. */
  field(name: string): string | undefined {
    return this.fields.find((f) => f.field === name)?.message
  }
}

/** Whether it may help to ask again. */
export function passing(error: unknown): boolean {
  return error instanceof Failure && (error.status === 0 || error.status === 429 || error.status >= 500)
}
