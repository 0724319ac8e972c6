package dev.spendwarden.store;

import java.sql.Types;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;

/// PostgreSQL's text cannot hold the character NUL. What comes from outside may: it is replaced,
/// for a name with a wrong character is better than a reading that can never be stored.
final class PostgresText extends AbstractArgumentFactory<String> {

  private static final char REPLACEMENT = '\uFFFD';

  PostgresText() {
    super(Types.VARCHAR);
  }

  @Override
  protected Argument build(String value, ConfigRegistry config) {
    String text = value.indexOf('\0') < 0 ? value : value.replace('\0', REPLACEMENT);
    return (position, statement, context) -> statement.setString(position, text);
  }
}
