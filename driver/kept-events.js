// The events of a pop-up, kept until its opener's listeners in Node have set theirs: Node hears of the pop-up when that
// has begun to load.

// Whoever sets no listener pays for no more than this, and so long.
var MOST_EVENTS = 5000;
var MOST_CHARACTERS = 4000000;
var MOST_MS = 10000;
// Listeners that are set one by one, each when the one before is in place, hear of everything in order when they follow
// each other within this time.
var NEXT_MS = 100;

function lengthOf(args) {
  return args.reduce(function (sum, value) {
    return sum + (typeof value === "string" ? value.length : 1000);
  }, 0);
}

// receiver: { isWanted(name), send(name, args), drop(name, args), onLate() }
function KeptEvents(receiver) {
  this.receiver = receiver;
  this.events = [];
  this.characters = 0;
  this.isAsync = false;
  this.soon = 0;
  this.timer = setTimeout(receiver.onLate, MOST_MS);
}

KeptEvents.prototype.add = function (name, args) {
  if (this.isAsync && !this.soon && this.receiver.isWanted(name)) {
    this.receiver.send(name, args);
    return;
  }
  this.characters += lengthOf(args);
  if (this.events.length < MOST_EVENTS && this.characters < MOST_CHARACTERS) {
    this.events.push({ name: name, args: args });
  } else {
    this.receiver.drop(name, args);
  }
};

// The listeners that were set at once have been; those that come behind them may wait for events.
KeptEvents.prototype.goOn = function () {
  this.isAsync = true;
  this.deliverSoon();
};

// Sends what somebody listens to, and keeps the rest.
KeptEvents.prototype.deliver = function () {
  var receiver = this.receiver;
  clearTimeout(this.soon);
  this.soon = 0;
  this.events = this.events.filter(function (event) {
    var isWanted = receiver.isWanted(event.name);
    if (isWanted) {
      receiver.send(event.name, event.args);
    }
    return !isWanted;
  });
};

// There is a new listener.
KeptEvents.prototype.deliverSoon = function () {
  var self = this;
  if (this.isAsync) {
    clearTimeout(this.soon);
    this.soon = setTimeout(function () {
      self.deliver();
    }, NEXT_MS);
  }
};

KeptEvents.prototype.end = function () {
  var receiver = this.receiver;
  clearTimeout(this.soon);
  clearTimeout(this.timer);
  this.events.forEach(function (event) {
    receiver[receiver.isWanted(event.name) ? "send" : "drop"](event.name, event.args);
  });
};

exports.KeptEvents = KeptEvents;
