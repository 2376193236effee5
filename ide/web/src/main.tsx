import "@/styles/index.css";
import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "@/api/signedOut";
import { App } from "@/app/App";
import { openWorkspace } from "@/app/pages";
import { goToSignIn } from "@/app/signedOut";
import { startTheme } from "@/state/theme";

/** How long an app's page is waited for in one piece, before its parts are shown as they come. */
const PATIENCE_MS = 1_000;

function show(): void {
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root");
  // In one go: there is nothing yet that drawing it would hold up.
  flushSync(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}

startTheme();
onSignedOut(goToSignIn);
const app = /^\/apps\/([a-z0-9-]+)\/?$/.exec(location.pathname)?.[1];
if (app === undefined) show();
else void Promise.race([openWorkspace(app), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]).then(show);
