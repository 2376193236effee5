import type { Problem } from "./types";

/** The type of a problem that the browser found itself: the server could not be reached at all. */
export const UNREACHABLE = "/problems/unreachable";

/** A problem document as it travels: what every problem has, and of the rest only what applies. */
type ProblemDocument = Pick<Problem, "type" | "title" | "status" | "detail"> & Partial<Problem>;

/** An RFC 9457 problem that the server answered. `message` is its `detail`: why, and what to do now. */
export class ApiProblem extends Error {
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.problem = problem;
  }

  get type(): string {
    return this.problem.type;
  }

  get title(): string {
    return this.problem.title;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The problem for a server that does not answer: `status` is 0. */
export function unreachable(): ApiProblem {
  return new ApiProblem({
    type: UNREACHABLE,
    title: "Podium does not answer",
    status: 0,
    detail: "The server could not be reached. Check that Podium is still running; your edits are kept in this browser.",
  });
}

/** Reads the problem document of an error answer, also when something between here and the server made it. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  if (response.headers.get("content-type")?.startsWith("application/problem+json")) {
    return new ApiProblem(JSON.parse(text) as ProblemDocument);
  }
  return new ApiProblem({
    type: "about:blank",
    title: response.statusText || `Error ${response.status}`,
    status: response.status,
    detail: `The server answered ${response.status} without saying why. Try again; if it stays, look at Podium's log.`,
  });
}

/** A sentence for a toast, whatever was thrown. */
export function explain(error: unknown): { title: string; detail: string } {
  if (error instanceof ApiProblem) return { title: error.title, detail: error.message };
  const detail = error instanceof Error ? error.message : String(error);
  return { title: "Something went wrong in this page", detail };
}
