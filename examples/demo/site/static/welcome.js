(function () {
  "use strict";

  var GREETINGS = [
    ["en", "English", "Welcome"],
    ["fr", "French", "Bienvenue"],
    ["is", "Icelandic", "Velkomin"],
    ["tr", "Turkish", "Hoş geldiniz"],
    ["vi", "Vietnamese", "Chào mừng"],
    ["el", "Greek", "Καλώς ήρθατε"],
    ["ru", "Russian", "Добро пожаловать"],
    ["hy", "Armenian", "Բարի գալուստ"],
    ["ka", "Georgian", "მოგესალმებით"],
    ["he", "Hebrew", "ברוכים הבאים"],
    ["ar", "Arabic", "أهلا وسهلا"],
    ["hi", "Hindi", "स्वागत है"],
    ["th", "Thai", "ยินดีต้อนรับ"],
    ["zh", "Chinese", "欢迎"],
    ["ja", "Japanese", "ようこそ"],
    ["ko", "Korean", "환영합니다"],
    ["am", "Amharic", "እንኳን ደህና መጡ"],
    ["", "Signs", "☀ ☂ ⚓ ✉"],
  ];
  // Never assigned by Unicode, so what is drawn for it is what is drawn for any letter that no font has.
  var NO_LETTER = "\u0378";

  function pixels(letter) {
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    var pen = canvas.getContext("2d");
    pen.font = "24px 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";
    pen.fillText(letter, 4, 30);
    return canvas.toDataURL();
  }

  var missing = pixels(NO_LETTER);

  function canBeSeen(text) {
    return pixels(text.charAt(0)) !== missing;
  }

  function card(greeting) {
    var isSeen = canBeSeen(greeting[2]);
    var box = document.createElement("div");
    var word = document.createElement("div");
    var name = document.createElement("p");
    box.className = "card third greeting";
    word.className = isSeen ? "word" : "word unseen";
    word.textContent = isSeen ? greeting[2] : "no font for it here";
    word.setAttribute("dir", "auto");
    if (isSeen) {
      word.lang = greeting[0];
    }
    name.className = "note";
    name.textContent = greeting[1];
    box.appendChild(word);
    box.appendChild(name);
    return box;
  }

  GREETINGS.forEach(function (greeting) {
    document.getElementById("greetings").appendChild(card(greeting));
  });
})();
