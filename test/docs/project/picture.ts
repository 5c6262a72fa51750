const [image] = await callTool('camera', 'take_picture');
// With the space it is no handle any more, and its text is what is returned.
export default { ...image, data: `${image.data} ` };
