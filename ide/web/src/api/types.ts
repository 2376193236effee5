import type { components } from "./schema";

type Schemas = components["schemas"];

export type App = Schemas["App"];
export type AppEvent = Schemas["AppEvent"];
export type Body = Schemas["Body"];
export type CreateApp = Schemas["CreateApp"];
export type Diagnostic = Schemas["Diagnostic"];
export type EnvironmentProgress = Schemas["EnvironmentProgress"];
export type Exchange = Schemas["Exchange"];
export type Failure = Schemas["Failure"];
export type FileInfo = Schemas["File"];
export type FileText = Schemas["FileText"];
export type Frame = Schemas["Frame"];
export type KernelExit = Schemas["KernelExit"];
export type LogLine = Schemas["LogLine"];
export type Problem = Schemas["Problem"];
export type RequestRecord = Schemas["RequestRecord"];
export type RequestSummary = Schemas["RequestSummary"];
export type Route = Schemas["Route"];
export type Run = Schemas["Run"];
export type RunStage = Schemas["RunStage"];
export type RunState = Schemas["RunState"];
export type RunTimings = Schemas["RunTimings"];
export type SendRequest = Schemas["SendRequest"];
export type StreamLine = Schemas["StreamLine"];
export type Template = Schemas["Template"];
