import "@/styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "@/api/signedOut";
import { App } from "@/app/App";
import { fetchWorkspace } from "@/app/pages";
import { goToSignIn } from "@/app/signedOut";
import { startTheme } from "@/state/theme";

startTheme();
onSignedOut(goToSignIn);
// Side by side with the first render, which would otherwise find out one by one what it needs.
if (location.pathname.startsWith("/apps/")) fetchWorkspace();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
