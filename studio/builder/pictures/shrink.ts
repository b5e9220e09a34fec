// A photo of a phone is larger than any page needs: it is made smaller before it is sent.
const MOST_BYTES = 768 * 1024;
const SIDES = [2048, 1440, 1024, 720]; // pixels, the larger of both
const QUALITIES = [0.86, 0.64];

function drawn(image: ImageBitmap, scale: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/webp', quality));
}

/** Those that move are left as they are; what cannot be read is left to the server to judge. */
export async function shrunk(file: File): Promise<Blob> {
  if (file.type === 'image/gif') return file;
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    return file;
  }
  const longer = Math.max(image.width, image.height);
  if (longer <= (SIDES[0] ?? 0) && file.size <= MOST_BYTES) return file;
  for (const side of SIDES) {
    for (const quality of QUALITIES) {
      const blob = await drawn(image, Math.min(1, side / longer), quality);
      if (blob && blob.size <= MOST_BYTES) return blob;
    }
  }
  return file;
}
