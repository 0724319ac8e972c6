package dev.spendwarden.notify.webhook;

import dev.spendwarden.notify.Notification;

/// What a webhook's body looks like. Every format is made from the frozen standard body alone, so
/// that it too is the same in every attempt.
public enum BodyFormat {
  /// CONTRACT section 6, byte for byte as it was frozen.
  STANDARD("application/json") {
    @Override
    public String render(Notification notification) {
      return notification.body();
    }
  },
  /// What Alertmanager's webhook receivers read, version 4.
  ALERTMANAGER("application/json") {
    @Override
    public String render(Notification notification) {
      return AlertmanagerFormat.render(notification);
    }
  },
  /// A CloudEvents 1.0 event in structured mode, with the standard body as its data.
  CLOUDEVENTS("application/cloudevents+json") {
    @Override
    public String render(Notification notification) {
      return CloudEventsFormat.render(notification);
    }
  };

  private final String contentType;

  BodyFormat(String contentType) {
    this.contentType = contentType;
  }

  public abstract String render(Notification notification);

  public String contentType() {
    return contentType;
  }
}
