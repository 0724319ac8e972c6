# Both images are arguments, so that the same file builds where nothing can be pulled.
ARG BUILD_IMAGE=docker.io/library/maven:3.9-eclipse-temurin-25
ARG RUN_IMAGE=docker.io/library/eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY pom.xml ./
COPY src src
RUN mvn -B -q -DskipTests package
# SQLite would unpack its native library into /tmp at every start, which a read-only root or noexec forbids.
RUN mkdir native && cd native && jar xf ../target/spendwarden.jar org/sqlite/native/Linux \
  && arch="$(uname -m)" && mv org/sqlite/native/Linux/"$arch"/libsqlitejdbc.so . && rm -r org

FROM ${RUN_IMAGE}
COPY --from=build /build/target/spendwarden.jar /opt/spendwarden/spendwarden.jar
COPY --from=build /build/native/libsqlitejdbc.so /opt/spendwarden/native/libsqlitejdbc.so
# A fixed id, so that the owner of a mounted folder can be told beforehand. Only /data is ever written to.
RUN mkdir -p /data && chown 65532:65532 /data && chmod 0700 /data
# What pictures are written with is looked for now: later there is nowhere to keep the list.
RUN if command -v fc-cache >/dev/null; then fc-cache -f; fi
# The start-up cache, of this jar, this JVM and these options. The first compiler alone makes it: see the launcher.
RUN java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -Dorg.sqlite.lib.path=/opt/spendwarden/native -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
  -XX:AOTCacheOutput=/opt/spendwarden/spendwarden.aot \
  -jar /opt/spendwarden/spendwarden.jar train
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 9797
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-Dorg.sqlite.lib.path=/opt/spendwarden/native", "-XX:+UseSerialGC", "-Xms24m", "-XX:MaxRAMPercentage=75", \
  "-XX:AOTCache=/opt/spendwarden/spendwarden.aot", "-XX:TrimNativeHeapInterval=30000", \
  "-jar", "/opt/spendwarden/spendwarden.jar"]
CMD ["serve", "--config", "/etc/spendwarden/spendwarden.yaml"]
