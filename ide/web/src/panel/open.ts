import { workspace } from "@/state/workspace";
import { toast } from "@/ui/toast";
import { fromBase64 } from "./base64";
import { keepFile } from "./draft/files";
import { bodyType } from "./draft/model";
import { draftOf } from "./draft/ofRequest";
import { drafts } from "./draft/store";
import { requestOfRecord } from "./exchange/answer";
import { show } from "./exchange/store";

/** Shows a request of the history in the panel: what was sent in its upper part, the answer below. */
export async function openRecord(app: string, id: string): Promise<void> {
  workspace.set({ panel: true, narrowTab: "request" });
  try {
    const record = await show(app, id);
    const request = requestOfRecord(record);
    const draft = draftOf(request);
    if (request.body_base64 !== null) {
      const type = draft.headers.find((row) => row.name.toLowerCase() === "content-type")?.value ?? bodyType(draft.body) ?? "";
      const file = await keepFile(new File([fromBase64(request.body_base64)], "body.bin", { type }));
      draft.body = { ...draft.body, mode: "file", file };
    }
    drafts.replace(draft, draft.body.mode === "none" ? "params" : "body");
    if (record.request.body.truncated) drafts.complain("The history keeps the beginning of a long body; what is above is not all that was sent.", null, null);
  } catch (error) {
    toast.error(error);
  }
}
