package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file system of its own, in memory, that really runs out of room and can really be mounted
/// read-only: what permissions alone cannot show to a test that runs as root. Where nothing may be
/// mounted, the test is skipped and says so.
public final class SmallDisk implements AutoCloseable {

  private static final int PAGE = 4096;

  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  public static SmallDisk mount(Path at, int mebibytes) throws IOException, InterruptedException {
    Files.createDirectory(at);
    if (run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", at.toString()) != 0) {
      String reason = "skipped: no file system may be mounted here, which takes root";
      System.out.println(reason);
      abort(reason);
    }
    return new SmallDisk(at);
  }

  public Path root() {
    return root;
  }

  /// Leaves so many bytes free, to the page.
  public void fill(long left) throws IOException {
    try (FileChannel ballast =
        FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (free() > left) {
        ballast.write(ByteBuffer.allocate(PAGE));
      }
    }
    assertThat(free()).isLessThanOrEqualTo(left);
  }

  public void makeRoom() throws IOException {
    Files.delete(ballast());
  }

  public long free() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  public void readOnly() throws IOException, InterruptedException {
    assertThat(run("mount", "-o", "remount,ro", root.toString())).isZero();
  }

  /// The file alone cannot be written, though its folder can.
  public static AutoCloseable readOnly(Path file) throws IOException, InterruptedException {
    assertThat(run("mount", "--bind", file.toString(), file.toString())).isZero();
    assertThat(run("mount", "-o", "remount,bind,ro", file.toString())).isZero();
    return () -> run("umount", file.toString());
  }

  private Path ballast() {
    return root.resolve("ballast");
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /// Lazily: a process that is just ending may still have a file open.
  @Override
  public void close() throws IOException {
    try {
      run("umount", "--lazy", root.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
