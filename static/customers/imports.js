// A running import's page.

import { keepFresh } from "../site/kept_fresh.js";

keepFresh("import-live", () => (document.getElementById("import-live")?.dataset.refresh ? 1.5 : 0));
