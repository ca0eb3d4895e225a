document.getElementById("trouble").textContent = window.scriptErrors.join("\n") || "No error was recorded.";
