// A photo of a phone is larger than any page needs: it is made smaller before it is sent.
const MOST_BYTES = 768 * 1024;
const SIDES = [2048, 1440, 1024, 720]; // pixels, the larger of both
const QUALITIES = [0.86, 0.64];
const HEAD_BYTES = 64 * 1024;

/** Of a WebP a flag of its head says so, of a PNG a chunk before the picture. */
async function isMoving(file: File): Promise<boolean> {
  if (file.type === 'image/gif') return true;
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('RIFF') && text.startsWith('WEBPVP8X', 8)) return ((head[20] ?? 0) & 2) !== 0;
  return text.startsWith('PNG', 1) && text.split('IDAT')[0]?.includes('acTL') === true;
}

const blobOf = (canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> => new Promise((done) => { canvas.toBlob(done, type, quality); });

/** A browser that cannot write WebP gives PNG instead, which a photo is too large for; JPEG has no holes: they become white. */
async function drawn(image: ImageBitmap, scale: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext('2d');
  pen?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const webp = await blobOf(canvas, 'image/webp', quality);
  if (!pen || webp?.type === 'image/webp') return webp;
  pen.globalCompositeOperation = 'destination-over';
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  return blobOf(canvas, 'image/jpeg', quality);
}

async function smaller(image: ImageBitmap): Promise<Blob | undefined> {
  for (const side of SIDES) {
    for (const quality of QUALITIES) {
      const blob = await drawn(image, Math.min(1, side / Math.max(image.width, image.height)), quality);
      if (blob && blob.size <= MOST_BYTES) return blob;
    }
  }
  return undefined;
}

/** Those that move are left as they are; what cannot be read is left to the server to judge. */
export async function shrunk(file: File): Promise<Blob> {
  if (await isMoving(file)) return file;
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    return file;
  }
  try {
    const isSmall = Math.max(image.width, image.height) <= (SIDES[0] ?? 0) && file.size <= MOST_BYTES;
    return (!isSmall && await smaller(image)) || file;
  } finally {
    image.close();
  }
}
