import type { ApiProblem } from "./problem";

let handler: () => void = () => undefined;

/** Says what to do when the server answers that nobody is signed in. */
export function onSignedOut(then: () => void): void {
  handler = then;
}

/** Takes note of an error answer, and hands it on. */
export function noted(problem: ApiProblem): ApiProblem {
  if (problem.status === 401) handler();
  return problem;
}
