package dev.spendwarden.store;

import dev.spendwarden.charge.Names;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.statement.SqlStatement;

/// [Names] as a condition of SQL. Nothing is asked where all are wanted.
final class SqlNames {

  private final String column;
  private final boolean wanted;
  private final Set<String> names;

  private SqlNames(String column, boolean wanted, Set<String> names) {
    this.column = column;
    this.wanted = wanted;
    this.names = names;
  }

  /// @param column an expression that is never NULL
  static SqlNames of(Names names, String column) {
    return switch (names) {
      case Names.Only(var some) -> new SqlNames(column, true, some);
      case Names.AllBut(var others) -> new SqlNames(column, false, others);
    };
  }

  /// Begins with ` AND `, or is empty.
  String and() {
    if (names.isEmpty()) {
      return wanted ? " AND 1 = 0" : "";
    }
    return " AND " + column + (wanted ? " IN (<names>)" : " NOT IN (<names>)");
  }

  <S extends SqlStatement<S>> S bind(S statement) {
    return names.isEmpty() ? statement : statement.bindList("names", List.copyOf(names));
  }
}
